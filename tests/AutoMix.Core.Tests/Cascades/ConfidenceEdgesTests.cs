using AutoMix.Policies;
using AutoMix.Statistics;

namespace AutoMix.Core.Tests.Cascades;

/// <summary>Between its edges a policy sees no difference, and votes that are out cross none where the forecast says 0.</summary>
public class ConfidenceEdgesTests
{
    [Fact]
    public void Plan_SharesOfVotes_FallBetweenTheEdgesAsIntoTheBins()
    {
        CascadePlan plan = CascadeTrainer.Fit(Traces()).Solve(Goal.KeepQuality(0.95));
        var history = new CascadeHistory(2);
        history.RecordAnswer(0);
        IReadOnlyList<double> edges = plan.ConfidenceEdges(history, 0)!;
        int lowest = plan.Model.Confidence.Bin(0, 0);

        edges.Should().HaveCountGreaterThan(1).And.BeInAscendingOrder();
        for (int n = 1; n <= 32; n++)
        {
            for (int i = 0; i <= n; i++)
            {
                double share = (double)i / n;
                (lowest + edges.Count(edge => share >= edge)).Should().Be(plan.Model.Confidence.Bin(0, share), "{0}/{1}", i, n);
            }
        }
    }

    [Fact]
    public void Plan_WhereItsTableDoesNotDecide_WantsAllEvidence()
    {
        CascadePlan plan = CascadeTrainer.Fit(Traces()).Solve(Goal.KeepQuality(0.95));
        var history = new CascadeHistory(2);
        history.RecordAnswer(0);
        history.Exclude(1);

        plan.ConfidenceEdges(history, 0).Should().BeNull();
    }

    [Theory, InlineData(0.0, 0), InlineData(0.4, 1), InlineData(double.PositiveInfinity, 0)]
    public void Threshold_IsTheOnlyEdge(double threshold, int count) =>
        new ThresholdPolicy(["small", "large"], [threshold, 0]).ConfidenceEdges(new CascadeHistory(2), 0).Should().HaveCount(count);

    [Fact]
    public void Mixture_HasTheEdgesOfTheOneThatTheCoinChose()
    {
        var mixture = new MixturePolicy(new ThresholdPolicy(["small", "large"], [0.2, 0]), new ThresholdPolicy(["small", "large"], [0.7, 0]), 0.5, 1);

        Enumerable.Range(0, 20).Select(key => mixture.ConfidenceEdges(new CascadeHistory(2) { RequestKey = (ulong)key * 7919 }, 0)!.Single()).Distinct().Should().BeEquivalentTo([0.2, 0.7]);
    }

    [Fact]
    public void ChangeProbability_IsZeroExactlyWhereNoOutcomeCrossesAnEdge()
    {
        double[] edges = [0.2, 0.5, 0.8];
        for (int valid = 1; valid <= 12; valid++)
        {
            for (int correct = 0; correct <= valid; correct++)
            {
                for (int left = 0; left <= 16 - valid; left++)
                {
                    int now = edges.Count(edge => (double)correct / valid >= edge);
                    bool crosses = Enumerable.Range(0, left + 1).Any(j => edges.Count(edge => (double)(correct + j) / (valid + left) >= edge) != now);

                    (VoteForecast.ChangeProbability(correct, valid, left, edges) > 0).Should().Be(crosses);
                }
            }
        }
    }

    private static IEnumerable<TraceRecord> Traces() => Enumerable.Range(0, 200).Select(i =>
    {
        bool right = i * 7 % 10 < 5;
        return new TraceRecord
        {
            Id = $"q{i}",
            Answers =
            [
                new() { Model = "small", Answer = right ? "yes" : "no", Quality = right ? 1 : 0, AnswerCost = 0.00001, VerifyCost = 0.00001, Confidence = Math.Clamp((right ? 0.65 : 0.25) + (i % 8 * 0.05), 0, 1) },
                new() { Model = "large", Answer = "yes", Quality = i % 20 == 0 ? 0 : 1, AnswerCost = 0.001, VerifyCost = 0.001, Confidence = 0.9 },
            ],
        };
    });
}
