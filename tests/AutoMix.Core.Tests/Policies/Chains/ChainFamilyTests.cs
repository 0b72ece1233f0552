using AutoMix.Evaluation;
using AutoMix.Policies;

namespace AutoMix.Core.Tests.Policies;

/// <summary>What defines the families that have no test of their own beside them.</summary>
public sealed class ChainFamilyTests
{
    private static readonly TraceTable Train = Synthetic.Table();

    [Theory]
    [InlineData(0)]
    [InlineData(20)]
    [InlineData(2000)]
    public void Always_AnyObjective_IsTheSingleModelOfHighestValue(double weight)
    {
        IReadOnlyList<OperatingPoint> singles = CrossValidation.Singles(Train);
        int best = Enumerable.Range(0, singles.Count).MaxBy(m => singles[m].Accuracy - (weight * singles[m].CostPerQuery));

        ICascadePolicy policy = PolicyRegistry.Get("always").Train(Train).For(new CascadeObjective(weight));

        policy.Decide(new CascadeHistory(3)).Should().Be(CascadeAction.Call(best, final: true));
    }

    [Theory]
    [InlineData("rational-thresholds")]
    [InlineData("early-abstention")]
    [InlineData("grid-thresholds")]
    public void Train_FirstModelsConfidencesSayYesOrNo_GivesAPolicy(string family)
    {
        TraceTable table = TraceTable.From(Synthetic.Records(120, seed: 4).Select(record => record with
        {
            Answers = [.. record.Answers.Select((answer, m) => m == 0 ? answer with { Confidence = answer.Confidence > 0.5 ? 1 : 0 } : answer)],
        }));
        ICascadePolicy policy = PolicyRegistry.Get(family).Train(table).For(Goal.KeepQuality(0.9));
        PolicyEvaluation.Run(policy, table).Model.Should().NotContain(-1);
    }

    [Fact]
    public void Margin_OneModel_AsksIt()
    {
        TraceTable table = TraceTable.From(Synthetic.Records(60, seed: 4, models: 1));
        PolicyRegistry.Get("margin").Train(table).For(Goal.KeepQuality(0.9)).Decide(new CascadeHistory(1)).Should().Be(CascadeAction.Call(0, final: true));
    }

    [Fact]
    public void GridThresholds_MoreModelsThanItCanTry_SaysWhatToDo()
    {
        Action train = () => PolicyRegistry.Get("grid-thresholds").Train(TraceTable.From(Synthetic.Records(20, seed: 4, models: 13)));
        train.Should().Throw<ArgumentException>().WithMessage("*12*rational-thresholds*");
    }

    [Fact]
    public void Default_ObjectiveOfMoreThanDollars_SaysWhoServesIt()
    {
        TrainedFamily family = PolicyRegistry.Get("default").Train(TraceTable.From(Synthetic.Records(60, seed: 4, models: 2)));
        foreach (CascadeObjective objective in (CascadeObjective[])[new(10, TokenWeight: 1), new(10, SecondWeight: 1), new(10, AbstainReward: 0.5)])
        {
            ((Action)(() => family.For(objective))).Should().Throw<ArgumentException>().WithMessage("*'pomdp'*");
        }
    }

    [Fact]
    public void GridThresholds_TwoModels_OffersExactlyTheThresholdsThatNothingBeats()
    {
        // As many rows as the grid is fine: every threshold that tells two rows apart is on it.
        TraceTable table = Synthetic.Table(25, seed: 3, models: 2);
        var all = new List<CostQuality>();
        foreach (double threshold in Enumerable.Range(0, table.RowCount).Select(row => table.Confidence(row, 0)).Append(0).Append(ThresholdPolicy.Skip))
        {
            all.Add(PolicyEvaluation.Run(new ThresholdPolicy(table.Models, [threshold, 0]), table).Mean);
        }

        CostQuality[] unbeaten = [.. all.Where(point => !all.Any(other => other.Cost < point.Cost - 1e-12 && other.Accuracy >= point.Accuracy)).DistinctBy(point => Math.Round(point.Cost, 12))];

        PolicyRegistry.Get("grid-thresholds").Train(table).Offered().Select(offer => (Math.Round(offer.Training.Cost, 12), Math.Round(offer.Training.Accuracy, 12)))
            .Should().Contain(unbeaten.Select(point => (Math.Round(point.Cost, 12), Math.Round(point.Accuracy, 12))));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(30)]
    [InlineData(100)]
    [InlineData(300)]
    public void Threshold_TwoModels_EqualsBruteForceOverTheQuantiles(double weight)
    {
        TraceTable table = Synthetic.Table(200, seed: 4, models: 2);
        var objective = new CascadeObjective(weight);
        double[] choices = ThresholdPolicy.Choices(table, 0);
        double best = choices.SelectMany(first => (double[][])[[first, 0], [first, ThresholdPolicy.Skip]])
            .Where(thresholds => !thresholds.All(double.IsPositiveInfinity))
            .Max(thresholds => Candidate.Measure(new ThresholdPolicy(table.Models, thresholds), table).Value(objective));

        Candidate.Measure(ThresholdPolicy.Fit(table, objective), table).Value(objective).Should().BeApproximately(best, 1e-12);
    }

    [Fact]
    public void GreedyPomdp_TheMiddleGainsMost_EscalatesItFirstThoughItIsNotTheLeastSure()
    {
        // Below .3 nobody is right, between .3 and .7 only the large model.
        TraceTable table = TraceTable.From(Enumerable.Range(0, 500).Select(i =>
        {
            double confidence = (i + 0.5) / 500;
            return new TraceRecord
            {
                Id = $"g{i}",
                Answers =
                [
                    new TraceAnswer { Model = "small", Answer = "a", Quality = confidence >= 0.7 ? 1 : 0, Confidence = confidence, AnswerCost = 0.001 },
                    new TraceAnswer { Model = "large", Answer = "b", Quality = confidence >= 0.3 ? 1 : 0, AnswerCost = 0.01 },
                ],
            };
        }));
        var bins = new PairBins(table, 0, 1, table.QuantileEdges(0, PairBins.Count));

        bool[][] sets = [.. PairMethods.GreedyPomdp(bins)];

        for (int size = 1; size < sets.Length; size++)
        {
            sets[size].Count(escalated => escalated).Should().Be(size);
            sets[size].Zip(sets[size - 1]).Should().OnlyContain(pair => pair.First || !pair.Second, "a larger set keeps what a smaller one escalates");
        }

        Array.IndexOf(sets[1], true).Should().BeInRange(3, 6);
        sets[4].Should().Equal([false, false, false, true, true, true, true, false, false, false]);
    }

    [Fact]
    public void Cascading_AnyQuery_CallsTheModelsInTheirOrder()
    {
        var history = new CascadeHistory(Train.ModelCount);
        foreach (ICascadePolicy policy in PolicyRegistry.Get("cascading").Train(Train).Offered().Where((_, i) => i % 10 == 0).Select(offered => offered.Policy))
        {
            for (int row = 0; row < Train.RowCount; row++)
            {
                var calls = new List<int>();
                CascadeReplay.Run(policy, Train, row, history, action =>
                {
                    if (action.Kind == CascadeActionKind.Call)
                    {
                        calls.Add(action.Model);
                    }
                });
                calls.Should().Equal(Enumerable.Range(0, calls.Count));
            }
        }
    }
}
