using AutoMix.Policies;

namespace AutoMix.Core.Tests.Policies;

public sealed class EnsembleTests
{
    private static readonly string[] Three = ["a", "b", "c"];
    private static readonly ConfidenceCalibration[] Trusting = [.. Enumerable.Repeat(new ConfidenceCalibration(-1, 1), 3)];

    [Fact]
    public void Majority_TwoAgree_IsSettledWithoutTheThird()
    {
        var policy = new EnsemblePolicy("ensemble", Three, [0, 1, 2], EnsembleRule.Majority, [0.5, 0.6, 0.9], Trusting);
        var history = new CascadeHistory(3);
        policy.Decide(history).Should().Be(CascadeAction.Call(0));
        history.RecordAnswer(0);
        policy.Decide(history).Should().Be(CascadeAction.Call(1));
        history.RecordAnswer(1, agreesWith: 0);
        policy.Decide(history).Should().Be(CascadeAction.Accept(1));
    }

    [Fact]
    public void Majority_AllDiffer_TakesTheMostAccurateModel()
    {
        var policy = new EnsemblePolicy("ensemble", Three, [0, 1, 2], EnsembleRule.Majority, [0.5, 0.9, 0.6], Trusting);
        CascadeHistory history = Answered(-1, -1, -1);
        policy.Decide(history).Should().Be(CascadeAction.Accept(1));
    }

    [Fact]
    public void WeightedMajority_OneStrongAgainstTwoWeak_FollowsTheStrong()
    {
        CascadeHistory history = Answered(-1, 0, -1);
        new EnsemblePolicy("ensemble", Three, [0, 1, 2], EnsembleRule.WeightedMajority, [0.55, 0.55, 0.97], Trusting).Decide(history).Should().Be(CascadeAction.Accept(2));
        new EnsemblePolicy("ensemble", Three, [0, 1, 2], EnsembleRule.Majority, [0.55, 0.55, 0.97], Trusting).Decide(history).Model.Should().BeOneOf(0, 1);
    }

    [Fact]
    public void BestOf_AllVerified_TakesTheHighestConfidence()
    {
        var policy = new EnsemblePolicy("ensemble", Three, [0, 1, 2], EnsembleRule.BestOf, [0.5, 0.6, 0.9], Trusting);
        CascadeHistory history = Answered(-1, 0, -1);
        policy.Decide(history).Should().Be(CascadeAction.Verify(0));
        history.RecordConfidence(0, 0.7);
        history.RecordConfidence(1, 0.95);
        history.RecordConfidence(2, 0.8);
        policy.Decide(history).Should().Be(CascadeAction.Accept(1));
    }

    [Fact]
    public void Majority_IndependentModels_ReachesTheBinomialAccuracy()
    {
        // Three independent models right with .7: the majority is right with .7^3 + 3 x .7^2 x .3 = .784.
        var random = new Random(1);
        TraceTable table = TraceTable.From(Enumerable.Range(0, 6000).Select(i => new TraceRecord
        {
            Id = "b" + i,
            Answers = [.. Enumerable.Range(0, 3).Select(m =>
            {
                bool good = random.NextDouble() < 0.7;
                return new TraceAnswer { Model = "m" + m, Answer = good ? "yes" : "no", Quality = good ? 1 : 0, AnswerCost = 0.001 };
            })],
        }));
        var policy = new EnsemblePolicy("ensemble", table.Models, [0, 1, 2], EnsembleRule.Majority, [0.7, 0.7, 0.7], Trusting);
        Candidate.Measure(policy, table).Quality.Should().BeApproximately(0.784, 0.02);
    }

    private static CascadeHistory Answered(params int[] agrees)
    {
        var history = new CascadeHistory(agrees.Length);
        for (int m = 0; m < agrees.Length; m++)
        {
            history.RecordAnswer(m, agrees[m]);
        }

        return history;
    }
}
