using AutoMix.Evaluation;
using AutoMix.Statistics;

namespace AutoMix.Benchmarks.TraceStudy;

/// <summary>The yardsticks that exist in evaluation only.</summary>
public sealed class TrialTests
{
    private static readonly StudySet Set = new("made up", Table(1), Table(2));

    [Fact]
    public void Oracle_AnyQuery_IsTheCheapestOfTheBestAnswers()
    {
        PolicyEvaluation oracle = Trial.Oracle(Set).Offered[0];

        for (int row = 0; row < Set.Test.RowCount; row++)
        {
            double best = Enumerable.Range(0, 3).Max(m => Set.Test.Quality(row, m));
            oracle.Quality[row].Should().Be(best);
            oracle.Cost[row].Should().Be(Enumerable.Range(0, 3).Where(m => Set.Test.Quality(row, m) == best).Min(m => Set.Test.AnswerCost(row, m)));
        }
    }

    [Fact]
    public void RandomMix_AShareOfTheBestAccuracy_IsThePointOfTheTrainingHullThatReachesIt()
    {
        var set = new StudySet("at home", Set.Train, Set.Train);
        var hull = new CostQualityHull(set.TrainSingles);

        foreach ((PolicyEvaluation kept, double share) in Trial.RandomMix(set).Kept.Zip(StudyResult.Shares))
        {
            double target = share * set.TrainSingles.Max(single => single.Accuracy);
            kept.Mean.Accuracy.Should().BeApproximately(Math.Max(target, set.TrainSingles[hull.Vertices[0]].Accuracy), 1e-9);
            kept.Mean.Cost.Should().BeApproximately(hull.CostToReach(target)!.Value, 1e-12);
        }
    }

    [Fact]
    public void Figures_OfRandomMix_GainNothing()
    {
        StudyFigures figures = StudyFigures.Measure(Set, Trial.RandomMix(Set));

        figures.AiqGain.Should().Be(new MetricEstimate(0, 0, 0));
        figures.WalkedGain.Should().Be(new MetricEstimate(0, 0, 0));
        figures.WalkedLessRandomMix.Should().Be(new MetricEstimate(0, 0, 0));
    }

    private static TraceTable Table(int seed)
    {
        var random = new Random(seed);
        return TraceTable.From(Enumerable.Range(0, 200).Select(row => new TraceRecord
        {
            Id = $"{seed}-{row}",
            Answers = [.. Enumerable.Range(0, 3).Select(m => new TraceAnswer
            {
                Model = "m" + m,
                Answer = "",
                Quality = random.NextDouble() < 0.5 + (0.2 * m) ? 1 : 0,
                AnswerCost = 0.001 * Math.Pow(5, m) * (1 + random.NextDouble()),
            })],
        }));
    }
}
