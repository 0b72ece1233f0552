using AutoMix.Core.Tests.Cascades;
using AutoMix.Evaluation;
using AutoMix.Policies;

namespace AutoMix.Core.Tests.Policies;

public sealed class ThresholdPolicyTests
{
    private const double Skip = ThresholdPolicy.Skip;
    private static readonly string[] Names = ["a", "b", "c"];

    [Fact]
    public void Decide_Chain_AcceptsAtTheThresholdAndAsksTheNextBelowIt()
    {
        var policy = new ThresholdPolicy(Names, [0.5, 0.7, 0.9]);
        policy.Decide(new(3)).Should().Be(CascadeAction.Call(0));
        policy.Decide(History((0, null))).Should().Be(CascadeAction.Verify(0));
        policy.Decide(History((0, 0.5))).Should().Be(CascadeAction.Accept(0));
        policy.Decide(History((0, 0.49))).Should().Be(CascadeAction.Call(1));
        policy.Decide(History((0, 0.49), (1, 0.6))).Should().Be(CascadeAction.Call(2, final: true), "nothing comes after the last model");
        policy.Decide(History((0, 0.49), (1, 0.6), (2, null))).Should().Be(CascadeAction.Accept(2));
        policy.Decide(History((0, 0.49), (1, 0.6), (2, 0.1))).Should().Be(CascadeAction.Accept(2));
    }

    [Fact]
    public void Decide_UnknownConfidence_Escalates()
    {
        CascadeHistory history = History((0, null));
        history.RecordUnknown(0);
        new ThresholdPolicy(Names, [0.5, 0.7, 0.9]).Decide(history).Should().Be(CascadeAction.Call(1));
    }

    [Fact]
    public void Decide_ZeroAndSkip_AcceptUnseenAndPassOver()
    {
        var policy = new ThresholdPolicy(Names, [Skip, 0, 0.5]);
        policy.Decide(new(3)).Should().Be(CascadeAction.Call(1, final: true));
        policy.Decide(History((1, null))).Should().Be(CascadeAction.Accept(1));
        new ThresholdPolicy(Names, [Skip, 0.5, 0]).Decide(History((0, null))).Should().Be(CascadeAction.Call(1), "an answer of a skipped model is not verified");
    }

    [Fact]
    public void Decide_ModelsExcluded_TakesWhatIsLeft()
    {
        var policy = new ThresholdPolicy(Names, [0.5, 0.7, 0]);
        CascadeHistory history = new(3);
        history.Exclude(0);
        history.Exclude(2);
        policy.Decide(history).Should().Be(CascadeAction.Call(1, final: true));
        history.Exclude(1);
        policy.Decide(history).Should().Be(CascadeAction.Abstain);
        CascadeHistory answered = History((0, null));
        answered.Exclude(1);
        answered.Exclude(2);
        policy.Decide(answered).Should().Be(CascadeAction.Accept(0), "there is nothing to verify for");
    }

    [Fact]
    public void Decide_TheOneModelCannotBeCalled_TheNextDearerStandsIn()
    {
        ThresholdPolicy policy = ThresholdPolicy.Always(Names, 1);
        CascadeHistory history = new(3);
        history.Exclude(1);
        policy.Decide(history).Should().Be(CascadeAction.Call(2, final: true));
        CascadeHistory answered = History((2, null));
        answered.Exclude(1);
        policy.Decide(answered).Should().Be(CascadeAction.Accept(2));
        history.Exclude(2);
        policy.Decide(history).Should().Be(CascadeAction.Call(0, final: true));
        history.Exclude(0);
        policy.Decide(history).Should().Be(CascadeAction.Abstain);
    }

    [Fact]
    public void Decide_HistoryOfAnotherSize_IsRefused() =>
        FluentActions.Invoking(() => new ThresholdPolicy(Names, [0.5, 0.7, 0]).Decide(new(2))).Should().Throw<ArgumentException>().WithMessage("*2 models*3*");

    [Fact]
    public void Constructor_ThresholdsThatMakeNoChain_AreRefused()
    {
        foreach (double[] thresholds in (double[][])[[0.5, 0.5], [0.5, -0.1, 0], [0.5, double.NaN, 0], [Skip, Skip, Skip]])
        {
            FluentActions.Invoking(() => new ThresholdPolicy(Names, thresholds)).Should().Throw<ArgumentException>().WithMessage("*threshold per model (3)*").WithParameterName("thresholds");
        }

        FluentActions.Invoking(() => new ThresholdPolicy(["a", "a"], [0, 0])).Should().Throw<ArgumentException>().WithParameterName("models");
    }

    [Fact]
    public void ConfidenceEdges_ThresholdBetweenZeroAndOne_IsTheOnlyEdge()
    {
        var policy = new ThresholdPolicy(["a", "b", "c", "d"], [0, 1, 0.4, Skip]);
        Enumerable.Range(0, 4).Select(m => policy.ConfidenceEdges(new(4), m)!.SingleOrDefault()).Should().Equal(0, 1, 0.4, 0);
    }

    [Fact]
    public void IsCalibrated_FittedOrWithoutAnyConfidence_IsTrue()
    {
        new ThresholdPolicy(Names, [0.5, 0, 0]).IsCalibrated.Should().BeFalse();
        new ThresholdPolicy(Names, [Skip, 0, 0]).IsCalibrated.Should().BeTrue();
        ThresholdPolicy.Fit(TraceTable.From(SimulatedTraces.Create(2, 20, seed: 1)), new(1)).IsCalibrated.Should().BeTrue();
    }

    [Fact]
    public void Always_OneModel_AcceptsItAsItIs()
    {
        ThresholdPolicy.Always(Names, 1).Thresholds.Should().Equal(Skip, 0, Skip);
        ThresholdPolicy.Always(Names, 2).Decide(new(3)).Should().Be(CascadeAction.Call(2, final: true));
        FluentActions.Invoking(() => ThresholdPolicy.Always(Names, -1)).Should().Throw<ArgumentOutOfRangeException>();
        FluentActions.Invoking(() => ThresholdPolicy.Always(Names, 3)).Should().Throw<ArgumentOutOfRangeException>();
    }

    [Fact]
    public void Choices_Confidences_AreZeroTheirQuantilesAndSkip()
    {
        TraceTable table = Confidences([.. Enumerable.Range(0, 41).Select(i => (double?)(i / 40.0))]);
        ThresholdPolicy.Choices(table, 0).Should().Equal([0, .. Enumerable.Range(1, 20).Select(q => 2 * q / 40.0), Skip]);
        ThresholdPolicy.Choices(Confidences([null]), 0).Should().Equal([0, .. Enumerable.Repeat(Skip, 21)]);
        ThresholdPolicy.Choices(Confidences([0.0]), 0)[1].Should().BePositive("0 would accept without verifying");
    }

    [Theory]
    [InlineData(0.01)]
    [InlineData(0.1)]
    [InlineData(0.4)]
    [InlineData(3)]
    public void Fit_TwoModels_IsWorthAsMuchAsTheBestOfAllChains(double share)
    {
        TraceTable table = TraceTable.From(SimulatedTraces.Create(2, 80, seed: 5));
        var objective = new CascadeObjective(share / table.AnswerCost(0, 1), SecondWeight: 0.01, TokenWeight: 0.0001);
        double best = (from first in ThresholdPolicy.Choices(table, 0)
                       from second in (double[])[0, Skip]
                       where !double.IsInfinity(first) || second == 0
                       select Value(new ThresholdPolicy(table.Models, [first, second]))).Max();

        Value(ThresholdPolicy.Fit(table, objective)).Should().BeApproximately(best, 1e-12);

        double Value(ThresholdPolicy policy)
        {
            var history = new CascadeHistory(2);
            return Enumerable.Range(0, table.RowCount).Average(row =>
            {
                CascadeOutcome outcome = CascadeReplay.Run(policy, table, row, history);
                return outcome.Quality - objective.Price(outcome.Cost);
            });
        }
    }

    private static TraceTable Confidences(double?[] confidences) => TraceTable.From(confidences.Select((confidence, i) => new TraceRecord
    {
        Id = $"q{i}",
        Answers = [new() { Model = "a", Answer = "x", Quality = 1, Confidence = confidence }],
    }));

    private static CascadeHistory History(params (int Model, double? Confidence)[] answers)
    {
        var history = new CascadeHistory(3);
        foreach ((int model, double? confidence) in answers)
        {
            history.RecordAnswer(model);
            if (confidence is { } known)
            {
                history.RecordConfidence(model, known);
            }
        }

        return history;
    }
}
