using System.Globalization;
using System.Text;

namespace AutoMix.Benchmarks.TraceStudy.Sections;

/// <summary>Each set: its models, the frontier as a plot, every policy, and other systems where they were measured.</summary>
internal static class SetsSection
{
    public static string Write(StudyRun run) => string.Join('\n', run.Sets.Select(set => Write(run, set)));

    private static string Write(StudyRun run, StudySet set)
    {
        FrontierPlot.Save(set, run.Result("default", set), run.Result("pomdp", set), Path.Combine(run.Plots, set.Name + ".svg"));
        var best = set.TestSingles[set.Best];
        var page = new StringBuilder();
        page.AppendLine(CultureInfo.InvariantCulture, $"""
            ## {set.Name}

            {set.Train.RowCount} training and {set.Test.RowCount} test queries; best single model {set.Test.Models[set.Best]}, accuracy {best.Accuracy:F3}, {best.Cost * 1e6:F1} dollars per million queries.
            Single models (accuracy @ cost): {string.Join(", ", set.Test.Models.Select((name, m) => $"{name} {Cells.Number(set.TestSingles[m].Accuracy)} @ {Cells.Number(set.TestSingles[m].Cost / best.Cost)}"))}.

            ![Cost and quality on {set.Name}](results/{set.Name}.svg)

            | policy | mix 99/98/95 | TH 99/98/95 | AIQ | AIQ+ | keep 95 % | keep 98 % | keep 99 % |
            |---|---|---|---|---|---|---|---|
            """);
        foreach (string key in run.Rows)
        {
            StudyResult result = run.Result(key, set);
            page.AppendLine(
                $"| {key} | {Cells.Values(result.Figures.Mixed.Skip(1))} | {Cells.Values(result.Figures.Walked.Skip(1))} | {Cells.Number(result.Figures.Aiq.Value, "F4")} | {Cells.Of(result.Figures.AiqGain, "F4")} | {string.Join(" | ", result.Kept.Select(Cells.Of))} |");
        }

        var peers = Peers.Figures.Where(peer => peer.Set == set.Name && run.Rows.Contains(peer.Ours)).ToArray();
        if (peers.Length > 0)
        {
            page.AppendLine("""

                Other systems' own code on the same set, and the same method here:

                | system | mix 99 | TH 99 | 99 % on training data: accuracy @ cost | here | mix 99 | TH 99 |
                |---|---|---|---|---|---|---|
                """);
            foreach (var peer in peers)
            {
                StudyFigures ours = run.Result(peer.Ours, set).Figures;
                page.AppendLine(
                    $"| {peer.System} | {Cells.Number(peer.Mixed)} | {Cells.Number(peer.Walked)} | {Cells.Number(peer.Accuracy)} @ {Cells.Number(peer.Cost)} | {peer.Ours} | {Cells.Of(ours.Mixed[1])} | {Cells.Of(ours.Walked[1])} |");
            }
        }

        return page.ToString();
    }
}
