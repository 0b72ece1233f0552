using System.Globalization;
using System.Text;
using AutoMix.Statistics;

namespace AutoMix.Benchmarks.TraceStudy.Sections;

/// <summary>Every policy, averaged over the sets.</summary>
internal static class MeansSection
{
    // What random calls of the best model cost: what is left to someone whose policy never gets there.
    private const double MissingCost = 1;

    public static string Write(StudyRun run)
    {
        var page = new StringBuilder();
        page.AppendLine(CultureInfo.InvariantCulture, $"""
            ## Means over {run.Sets.Count} sets

            *gain on new queries*: as AIQ+, but with both hulls taken on training data: AIQ+ without its luck. *seconds to train* is wall-clock time of that run.

            | policy | mix 99/98/95 | TH 99/98/95 | AIQ | AIQ+ | gain on new queries | keep 99 %: accuracy @ cost | seconds to train |
            |---|---|---|---|---|---|---|---|
            """);
        foreach (string key in run.Rows)
        {
            StudyResult[] of = [.. run.Sets.Select(set => run.Result(key, set))];
            page.AppendLine(CultureInfo.InvariantCulture,
                $"| {key} | {Costs(of, r => r.Figures.Mixed)} | {Costs(of, r => r.Figures.Walked)} | {Mean(of, r => r.Figures.Aiq)} | {Mean(of, r => r.Figures.AiqGain)} | {Mean(of, r => r.Figures.WalkedGain)} | {Cells.Number(of.Average(r => r.Kept[^1].Accuracy.Value))} @ {Cells.Number(of.Average(r => r.Kept[^1].Cost.Value))} | {of.Average(r => r.Seconds):F2} |");
        }

        if (run.LeftOut.Count > 0)
        {
            page.AppendLine().AppendLine($"Left out for what the traces lack: {string.Join(", ", run.LeftOut)}.");
        }

        return page.ToString();
    }

    private static string Costs(StudyResult[] of, Func<StudyResult, MetricEstimate[]> figures) => string.Join(" / ", Enumerable.Range(1, StudyFigures.Levels.Length - 1)
        .Select(level => Cells.Number(of.Average(result => double.IsFinite(figures(result)[level].Value) ? figures(result)[level].Value : MissingCost))));

    private static string Mean(StudyResult[] of, Func<StudyResult, MetricEstimate> figure) => Cells.Number(of.Average(result => figure(result).Value), "F4");
}
