using System.Globalization;
using System.Text;
using AutoMix.Policies;
using AutoMix.Statistics;

namespace AutoMix.Benchmarks.TraceStudy.Sections;

/// <summary>What policies reach with fewer training queries.</summary>
internal static class LearningSection
{
    private const int Draws = 3;
    private static readonly int[] Sizes = [25, 50, 100, 200, 300];
    private static readonly string[] Families = ["default", "grid-thresholds"];

    /// <summary>One point of a curve.</summary>
    public sealed record Point(StudySet Set, string Policy, int Rows, MetricEstimate Gain, Kept Kept);

    public static string Write(StudyRun run)
    {
        Point[] points = [.. from set in run.Sets from key in Families where IsTrainable(key, set) from rows in SizesOf(set) select Measure(set, key, rows)];
        LearningPlot.Save(points, Path.Combine(run.Plots, "learning.svg"));
        var page = new StringBuilder();
        page.AppendLine(CultureInfo.InvariantCulture, $"""
            ## Learning curves

            Trained on so many of the training queries; the mean of {Draws} random draws, where fewer than all are drawn. *gain*: AIQ over the best hull of single models that the same draw
            chose, walked on test. *keep 99 %*: share of the best model's quality @ cost.

            ![Gain by number of training queries](results/learning.svg)

            | set | queries | {string.Join(" | ", Families.Select(key => $"{key}: gain | keep 99 %"))} |
            |---|---|{string.Concat(Enumerable.Repeat("---|---|", Families.Length))}
            """);
        foreach (IGrouping<(StudySet Set, int Rows), Point> row in points.GroupBy(point => (point.Set, point.Rows)))
        {
            page.AppendLine(CultureInfo.InvariantCulture,
                $"| {row.Key.Set.Name} | {row.Key.Rows} | {string.Join(" | ", Families.Select(key => row.FirstOrDefault(point => point.Policy == key) is { } point ? $"{Cells.Of(point.Gain, "F4")} | {Cells.Of(point.Kept)}" : "- | -"))} |");
        }

        return page.ToString();
    }

    private static bool IsTrainable(string key, StudySet set) => PolicyRegistry.Get(key).Missing(set.Train) == PolicyNeeds.None;

    private static IEnumerable<int> SizesOf(StudySet set) => Sizes.Select(size => Math.Min(size, set.Train.RowCount)).Distinct();

    private static Point Measure(StudySet set, string key, int rows)
    {
        StudySet[] draws = rows == set.Train.RowCount
            ? [set]
            : [.. Enumerable.Range(0, Draws).Select(draw => set.TrainedOn(set.Train.SelectRows(Draw(set.Train.RowCount, rows, draw))))];
        Trial[] trials = [.. draws.Select(draw => Trial.Of(PolicyRegistry.Get(key).Train(draw.Train), set.Test, [StudyResult.Shares[^1]]))];
        return new Point(set, key, rows, StudyFigures.MeanGain(draws, trials), Kept.Measure(set, [.. trials.SelectMany(trial => trial.Kept)]));
    }

    private static int[] Draw(int from, int count, int seed)
    {
        int[] order = [.. Enumerable.Range(0, from)];
        new Random(seed).Shuffle(order);
        return order[..count];
    }
}
