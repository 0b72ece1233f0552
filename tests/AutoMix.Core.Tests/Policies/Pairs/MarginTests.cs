using AutoMix.Evaluation;
using AutoMix.Policies;

namespace AutoMix.Core.Tests.Policies;

public sealed class MarginTests
{
    [Theory]
    [InlineData(0.1)]
    [InlineData(0.35)]
    [InlineData(0.8)]
    public void Decide_QueriesLikeThoseSeen_AsksTheLargeModelForItsShare(double share)
    {
        TraceTable seen = Synthetic.Table(500);
        TraceTable fresh = Synthetic.Table(2000, seed: 9);
        var policy = new MarginPolicy("margin", seen.Models, 0, 2, share, [.. Enumerable.Range(0, 500).Select(row => seen.Confidence(row, 0))]);
        var history = new CascadeHistory(3);
        double large = Enumerable.Range(0, fresh.RowCount).Average(row => CascadeReplay.Run(policy, fresh, row, history).Model == 2 ? 1.0 : 0);
        large.Should().BeApproximately(share, 0.06);
    }

    [Fact]
    public void Update_TheSmallModelGetsLessSure_KeepsTheBudget()
    {
        // Confidences halve: a fixed threshold would send everything to the large model.
        var policy = new MarginPolicy("margin", ["s", "l"], 0, 1, 0.25, [.. Enumerable.Range(0, 500).Select(i => (i + 0.5) / 500)]);
        ILearningPolicy learned = policy;
        var random = new Random(2);
        for (int i = 0; i < 600; i++)
        {
            learned = learned.Update(new PolicyOutcome { Answers = [new AnswerOutcome(0, default, confidence: 0.5 * random.NextDouble())] });
        }

        Share(learned, () => 0.5 * random.NextDouble()).Should().BeApproximately(0.25, 0.06);
        Share(policy, () => 0.5 * random.NextDouble()).Should().BeApproximately(0.5, 0.06);
    }

    private static double Share(ICascadePolicy policy, Func<double> confidence)
    {
        var history = new CascadeHistory(2);
        return Enumerable.Range(0, 1000).Average(_ =>
        {
            history.Reset();
            history.RecordAnswer(0);
            history.RecordConfidence(0, confidence());
            return policy.Decide(history).Kind == CascadeActionKind.Call ? 1.0 : 0;
        });
    }
}
