using System.Globalization;
using System.Text;

namespace AutoMix.Benchmarks.TraceStudy.Sections;

/// <summary>What the default saves, and whether the paper's headline holds.</summary>
internal static class SavingsSection
{
    public static string Write(StudyRun run)
    {
        var page = new StringBuilder();
        page.AppendLine("""
            ## What the default saves

            The paper's headline is more than half of the cost at comparable quality. Per set, the saving of `default`, the share of the best model's quality [interval] @ cost, and whether
            the headline holds: a quality of .975 or more whose interval reaches .98, for less than half of the cost.

            | set | keep 95 % | keep 98 % | keep 99 % | over 50 % at comparable quality? |
            |---|---|---|---|---|
            """);
        foreach (StudySet set in run.Sets)
        {
            Kept[] kept = run.Result("default", set).Kept;
            bool holds = kept.Any(k => k.Cost.Value < 0.5 && k.Accuracy.Value >= 0.975 && k.Accuracy.High >= 0.98);
            page.AppendLine(CultureInfo.InvariantCulture, $"| {set.Name} | {string.Join(" | ", kept.Select(k => $"saves {Cells.Number(1 - k.Cost.Value, "P0")}: {Cells.Of(k)}"))} | {(holds ? "yes" : "no")} |");
        }

        return page.ToString();
    }
}
