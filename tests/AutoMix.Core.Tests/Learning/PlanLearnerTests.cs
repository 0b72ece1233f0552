using AutoMix.Cascades;

namespace AutoMix.Learning;

public class PlanLearnerTests
{
    private static readonly TraceTable Table = TraceTable.From(SimulatedTraces.Create(3, 600, seed: 5));

    internal static EvidenceSums Evidence(TraceTable table, IEnumerable<int> rows, Func<int, double>? propensity = null, double weight = 1)
    {
        var sums = new EvidenceSums();
        foreach (int row in rows)
        {
            sums.Add(LabelledRequest.From(table, row) with { Propensity = propensity?.Invoke(row) ?? 1 }, weight);
            for (int m = 0; m < table.ModelCount; m++)
            {
                sums.AddCost(m, new(table.AnswerCost(row, m), table.Tokens(row, m), table.Seconds(row, m)), table.VerifyCost(row, m), weight);
            }
        }

        return sums;
    }

    private static IEnumerable<int> Rows(int count) => Enumerable.Range(0, count);

    private static string Decisions(ICascadePolicy policy, TraceTable table)
    {
        var history = new CascadeHistory(table.ModelCount);
        var text = new System.Text.StringBuilder();
        for (int row = 0; row < 200; row++)
        {
            CascadeReplay.Run(policy, table, row, history, action => text.Append(action).Append(';'));
        }

        return text.ToString();
    }

    [Fact]
    public void Learn_FewerLabelsThanTheMinimum_MakesNoPlan()
    {
        PlanProposal proposal = new PlanLearner(minimumLabels: 50).Learn(Evidence(Table, Rows(49)), ColdStart.Policy(Table.Models));

        proposal.Plan.Should().BeNull();
        proposal.IsBetter.Should().BeFalse();
        proposal.Reason.Should().Contain("49").And.Contain("50");
    }

    [Fact]
    public void Learn_FewLabelsOfLargeWeight_CountAsFew()
    {
        PlanProposal proposal = new PlanLearner(minimumLabels: 50).Learn(Evidence(Table, Rows(60), row => row < 5 ? 0.01 : 1), ColdStart.Policy(Table.Models));

        proposal.Plan.Should().BeNull("five labels outweigh all others");
    }

    [Fact]
    public void Learn_EnoughLabels_IsBetterThanTheLargeModelAlone()
    {
        PlanProposal proposal = new PlanLearner(Goal.KeepQuality(0.95)).Learn(Evidence(Table, Rows(300)), ThresholdPolicy.Always(Table.Models, 2));

        proposal.IsBetter.Should().BeTrue(proposal.Reason);
        proposal.Gain.Should().BeGreaterThan(proposal.GainError);
        proposal.Plan!.Expected.Should().NotBeNull();
    }

    [Fact]
    public void Learn_ThePlanAtHandIsAsGood_KeepsIt()
    {
        EvidenceSums evidence = Evidence(Table, Rows(300));
        var learner = new PlanLearner();
        CascadePlan first = learner.Learn(evidence, ColdStart.Policy(Table.Models)).Plan!;

        PlanProposal again = learner.Learn(evidence, first);
        again.Plan.Should().NotBeNull();
        again.IsBetter.Should().BeFalse(again.Reason);
    }

    [Fact]
    public void Learn_MoreConfidenceIsDemanded_IsHarderToConvince()
    {
        EvidenceSums evidence = Evidence(Table, Rows(80));
        PlanProposal proposal = new PlanLearner(confidence: 0.5).Learn(evidence, ColdStart.Policy(Table.Models));
        double standardErrors = proposal.Gain / proposal.GainError;
        double justMore = MathNet.Numerics.Distributions.Normal.CDF(0, 1, standardErrors + 0.01);
        double justLess = MathNet.Numerics.Distributions.Normal.CDF(0, 1, standardErrors - 0.01);

        new PlanLearner(confidence: justLess).Learn(evidence, ColdStart.Policy(Table.Models)).IsBetter.Should().BeTrue();
        new PlanLearner(confidence: justMore).Learn(evidence, ColdStart.Policy(Table.Models)).IsBetter.Should().BeFalse();
    }

    [Fact]
    public void Learn_SumsOfTwoProcesses_IsWhatOneWouldHaveLearned()
    {
        EvidenceSums both = Evidence(Table, Rows(150));
        both.Merge(Evidence(Table, Rows(300).Skip(150)).Sums);
        var learner = new PlanLearner();
        CascadePlan merged = learner.Learn(both, ColdStart.Policy(Table.Models)).Plan!;
        CascadePlan one = learner.Learn(Evidence(Table, Rows(300)), ColdStart.Policy(Table.Models)).Plan!;

        Decisions(merged, Table).Should().Be(Decisions(one, Table));
    }

    [Fact]
    public void Learn_AllWeightsAreHuge_IsTheSame()
    {
        var learner = new PlanLearner();
        PlanProposal plain = learner.Learn(Evidence(Table, Rows(200)), ColdStart.Policy(Table.Models));
        PlanProposal late = learner.Learn(Evidence(Table, Rows(200), weight: Math.Pow(2, 400)), ColdStart.Policy(Table.Models));

        late.Labels.Should().BeApproximately(200, 1e-6);
        Decisions(late.Plan!, Table).Should().Be(Decisions(plain.Plan!, Table));
    }

    [Fact]
    public void Learn_LabelsMissingNotAtRandom_PropensityUndoesTheBias()
    {
        // Wrong answers of the first model are labelled four times as often as right ones.
        double Propensity(int row) => Table.Quality(row, 0) > 0.5 ? 0.2 : 0.8;
        var random = new Random(3);
        int[] labelled = [.. Rows(600).Where(row => random.NextDouble() < Propensity(row))];
        double truth = Rows(600).Average(row => Table.Quality(row, 0));
        var learner = new PlanLearner();
        double weighted = learner.Learn(Evidence(Table, labelled, Propensity), ColdStart.Policy(Table.Models)).Plan!.Model.Curve!.Singles[0].Accuracy;
        double naive = learner.Learn(Evidence(Table, labelled), ColdStart.Policy(Table.Models)).Plan!.Model.Curve!.Singles[0].Accuracy;

        Math.Abs(weighted - truth).Should().BeLessThan(0.06);
        (truth - naive).Should().BeGreaterThan(0.12);
    }

    [Fact]
    public void Learn_TheCostOfAModelIsUnknown_MakesNoPlan()
    {
        var sums = new EvidenceSums();
        foreach (int row in Rows(100))
        {
            sums.Add(LabelledRequest.From(Table, row));
        }

        new PlanLearner().Learn(sums, ColdStart.Policy(Table.Models)).Reason.Should().Contain("cost");
    }

    [Theory, InlineData(5, 0.9), InlineData(50, 0.4), InlineData(50, 1)]
    public void Constructor_OutOfRange_IsRefused(double minimum, double confidence)
    {
        Action act = () => _ = new PlanLearner(minimumLabels: minimum, confidence: confidence);

        act.Should().Throw<ArgumentOutOfRangeException>();
    }
}
