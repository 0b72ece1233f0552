using System.Globalization;
using System.Text;

namespace AutoMix.Benchmarks.TraceStudy;

/// <summary>The study as a Markdown page.</summary>
internal static class StudyReport
{
    private const double MissingCost = 1;

    /// <param name="sets">The sets.</param>
    /// <param name="results">Per policy, one result per set.</param>
    /// <param name="sections">What stands between the overview and the tables of each set.</param>
    public static string Write(IReadOnlyList<StudySet> sets, IReadOnlyDictionary<string, IReadOnlyList<StudyResult>> results, IEnumerable<string> sections)
    {
        var page = new StringBuilder();
        page.AppendLine("""
            # Results on recorded traces

            Written by `dotnet run -c Release --project benchmarks/AutoMix.Benchmarks -- traces [--traces FOLDER]`. Everything is fitted, and every operating point chosen, on the
            training split; every figure is of the test split.

            - Cost is a share of the best single model's cost on the test set (1 = always call it, unverified). A confidence that is read is paid for.
            - *mix*: cost at 99 / 98 / 95 % of the best model's accuracy on the upper hull of the policy's points and the single models, both on test: a coin between two is
              allowed for everyone; optimistic. *TH*: the hull taken on training data, then walked on test; '-' where it never gets there (counted as 1 in the means).
            - AIQ: mean height of the policy's hull between the cheapest and the dearest single model. AIQ+: gain of the hull with single models over the hull of single models.
            - *keep 95 / 98 / 99 %*: what `Goal.KeepQuality` gave: share of the best model's accuracy [95 % paired bootstrap interval] @ cost.
            - *seconds to train* is wall-clock time of that run; other work on the machine makes it longer. controlled-risk abstains from most queries: its promise is about errors, not coverage.
            """);
        WriteMeans(page, sets, results);
        WriteHeadline(page, sets, results);
        page.AppendJoin("", sections);
        for (int i = 0; i < sets.Count; i++)
        {
            WriteSet(page, sets[i], [.. results.Values.Select(of => of[i])]);
        }

        return page.ToString();
    }

    private static void WriteMeans(StringBuilder page, IReadOnlyList<StudySet> sets, IReadOnlyDictionary<string, IReadOnlyList<StudyResult>> results)
    {
        page.AppendLine(CultureInfo.InvariantCulture, $"""

            ## Means over {sets.Count} sets

            | policy | mix 99/98/95 | TH 99/98/95 | AIQ | AIQ+ | keep 99 %: accuracy @ cost | seconds to train |
            |---|---|---|---|---|---|---|
            """);
        foreach ((string key, IReadOnlyList<StudyResult> of) in results)
        {
            page.AppendLine(CultureInfo.InvariantCulture,
                $"| {key} | {Join(i => of.Average(r => r.Mixed[i] ?? MissingCost))} | {Join(i => of.Average(r => r.Walked[i] ?? MissingCost))} | {of.Average(r => r.Aiq):F4} | {of.Average(r => r.AiqGain):F4} | {of.Average(r => r.Kept[^1].Accuracy):F3} @ {of.Average(r => r.Kept[^1].Cost):F3} | {of.Average(r => r.Seconds):F2} |");
        }
    }

    private static void WriteHeadline(StringBuilder page, IReadOnlyList<StudySet> sets, IReadOnlyDictionary<string, IReadOnlyList<StudyResult>> results)
    {
        page.AppendLine("""

            ## What the default saves

            The paper's headline is more than half of the cost at comparable quality. Per set, the saving of `default` and whether the headline holds with the interval of the kept
            quality reaching .98.

            | set | keep 95 % | keep 98 % | keep 99 % | over 50 % at comparable quality? |
            |---|---|---|---|---|
            """);
        for (int i = 0; i < sets.Count; i++)
        {
            StudyResult result = results["default"][i];
            bool holds = result.Kept.Any(kept => kept.Cost < 0.5 && kept.Accuracy >= 0.975 && kept.Interval!.Value.High >= 0.98);
            page.AppendLine(CultureInfo.InvariantCulture, $"| {sets[i].Name} | {string.Join(" | ", result.Kept.Select(kept => $"saves {Percent(1 - kept.Cost)}, {Of(kept)}"))} | {(holds ? "yes" : "no")} |");
        }
    }

    private static void WriteSet(StringBuilder page, StudySet set, StudyResult[] results)
    {
        var best = set.TestSingles[set.Best];
        page.AppendLine(CultureInfo.InvariantCulture, $"""

            ## {set.Name}

            {set.Train.RowCount} training and {set.Test.RowCount} test queries; best single model {set.Test.Models[set.Best]}, accuracy {best.Accuracy:F3}, {best.Cost * 1e6:F1} dollars per million queries.
            Single models (accuracy @ cost): {string.Join(", ", set.Test.Models.Select((name, m) => string.Create(CultureInfo.InvariantCulture, $"{name} {set.TestSingles[m].Accuracy:F3} @ {set.TestSingles[m].Cost / best.Cost:F3}")))}.

            ![Cost and quality on {set.Name}](results/{set.Name}.svg)

            | policy | mix 99/98/95 | TH 99/98/95 | AIQ | AIQ+ | keep 95 % | keep 98 % | keep 99 % |
            |---|---|---|---|---|---|---|---|
            """);
        foreach (StudyResult result in results)
        {
            page.AppendLine(CultureInfo.InvariantCulture,
                $"| {result.Policy} | {Join(i => result.Mixed[i])} | {Join(i => result.Walked[i])} | {result.Aiq:F4} | {result.AiqGain:F4} | {string.Join(" | ", result.Kept.Select(Of))} |");
        }

        var peers = Peers.Figures.Where(peer => peer.Set == set.Name).ToArray();
        if (peers.Length > 0)
        {
            page.AppendLine("""

                Other systems' own code on the same set:

                | system | mix 99 | TH 99 | 99 % on training data: accuracy @ cost |
                |---|---|---|---|
                """);
            foreach (var peer in peers)
            {
                page.AppendLine(CultureInfo.InvariantCulture, $"| {peer.System} | {Number(peer.Mixed)} | {Number(peer.Walked)} | {Number(peer.Accuracy)} @ {Number(peer.Cost)} |");
            }
        }
    }

    private static string Of(Kept kept) => kept.Interval is { } interval
        ? string.Create(CultureInfo.InvariantCulture, $"{kept.Accuracy:F3} [{interval.Low:F3}, {interval.High:F3}] @ {kept.Cost:F3}")
        : string.Create(CultureInfo.InvariantCulture, $"{kept.Accuracy:F3} @ {kept.Cost:F3}");

    private static string Join(Func<int, double?> value) => string.Join(" / ", Enumerable.Range(0, StudyResult.Levels.Length).Select(i => Number(value(i))));

    private static string Number(double? value) => value is { } number ? number.ToString("F3", CultureInfo.InvariantCulture) : "-";

    private static string Percent(double share) => share.ToString("P0", CultureInfo.InvariantCulture);
}
