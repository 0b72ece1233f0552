using AutoMix.Evaluation;
using AutoMix.Policies;
using AutoMix.Statistics;

namespace AutoMix.Core.Tests.Evaluation;

public sealed class PairedBootstrapTests
{
    private const double Cheap = 1;
    private const double Dear = 10;

    [Fact]
    public void Ratio_OfTheSameValues_IsOne()
    {
        double[] values = [1, 0, 1, 1, 0, 1];

        PairedBootstrap.Ratio(values, values).Should().Be(new MetricEstimate(1, 1, 1));
    }

    [Fact]
    public void Intervals_CoverTheTruthAboutAsOftenAsTheySay()
    {
        int covered = 0;
        for (int seed = 0; seed < 200; seed++)
        {
            (PolicyEvaluation cheap, PolicyEvaluation dear) = Runs(seed, queries: 300);

            MetricEstimate gain = PairedBootstrap.Intervals([cheap, dear], points => [points[1].Accuracy - points[0].Accuracy], resamples: 400)[0];

            covered += gain.Covers(0.2) ? 1 : 0;
        }

        covered.Should().BeInRange(180, 199);
    }

    [Fact]
    public void Intervals_ArePaired_SoThatWhatIsCommonCancels()
    {
        (PolicyEvaluation cheap, _) = Runs(seed: 1, queries: 300);

        IReadOnlyList<MetricEstimate> figures = PairedBootstrap.Intervals([cheap, cheap], points => [points[1].Accuracy - points[0].Accuracy, points[0].Cost]);

        figures[0].Should().Be(new MetricEstimate(0, 0, 0));
        figures[1].Low.Should().BeApproximately(Cheap, 1e-9);
    }

    [Fact]
    public void Intervals_OfWhatIsNeverReached_AreInfinite()
    {
        (PolicyEvaluation cheap, _) = Runs(seed: 1, queries: 50);

        PairedBootstrap.Intervals([cheap], points => [new CostQualityLine(points).CostToReach(2) ?? double.PositiveInfinity])[0].Low.Should().Be(double.PositiveInfinity);
    }

    [Fact]
    public void Intervals_OfRunsOverDifferentQueries_SayWhatToDo() =>
        FluentActions.Invoking(() => PairedBootstrap.Intervals([Runs(1, 50).Cheap, Runs(1, 60).Cheap], _ => [0]))
            .Should().Throw<ArgumentException>().WithMessage("*same queries*");

    // The dear model is correct with probability .8; the cheap one three times out of four where the dear one is.
    private static (PolicyEvaluation Cheap, PolicyEvaluation Dear) Runs(int seed, int queries)
    {
        var random = new Random(seed);
        var table = TraceTable.From(Enumerable.Range(0, queries).Select(i =>
        {
            bool dear = random.NextDouble() < 0.8;
            return new TraceRecord
            {
                Id = $"{seed}-{i}",
                Answers =
                [
                    new TraceAnswer { Model = "cheap", Answer = "", Quality = dear && random.NextDouble() < 0.75 ? 1 : 0, AnswerCost = Cheap },
                    new TraceAnswer { Model = "dear", Answer = "", Quality = dear ? 1 : 0, AnswerCost = Dear },
                ],
            };
        }));
        return (PolicyEvaluation.Run(ThresholdPolicy.Always(table.Models, 0), table), PolicyEvaluation.Run(ThresholdPolicy.Always(table.Models, 1), table));
    }
}
