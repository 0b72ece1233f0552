using System.Globalization;
using AutoMix.Evaluation;
using AutoMix.Statistics;

namespace AutoMix.Benchmarks.TraceStudy;

/// <summary>What a policy gave that was chosen to keep a share of the best model's quality.</summary>
/// <param name="Accuracy">Share of the best single model's accuracy on test.</param>
/// <param name="Cost">Share of its cost.</param>
/// <param name="Lift">IBC lift over the line from the cheapest to the best single model (AutoMix).</param>
internal sealed record Kept(MetricEstimate Accuracy, MetricEstimate Cost, MetricEstimate Lift)
{
    public static Kept Measure(StudySet set, PolicyEvaluation run) => Measure(set, [run]);

    /// <summary>The mean over several runs on the same queries.</summary>
    public static Kept Measure(StudySet set, IReadOnlyList<PolicyEvaluation> runs)
    {
        int small = Enumerable.Range(0, set.TestSingles.Length).OrderBy(m => set.TestSingles[m].Cost).First();
        IReadOnlyList<MetricEstimate> figures = PairedBootstrap.Intervals([set.Alone[set.Best], set.Alone[small], .. runs], points =>
        {
            var mean = new CostQuality(points.Skip(2).Average(point => point.Accuracy), points.Skip(2).Average(point => point.Cost));
            return [mean.Accuracy / points[0].Accuracy, mean.Cost / points[0].Cost, IncrementalBenefit.Lift(mean, points[1], points[0])];
        });
        return new Kept(figures[0], figures[1], figures[2]);
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Accuracy} @ {Cost.Value:F3}");
}
