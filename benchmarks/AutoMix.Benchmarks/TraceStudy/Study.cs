using AutoMix.Policies;

namespace AutoMix.Benchmarks.TraceStudy;

/// <summary>
/// <c>-- traces [--traces FOLDER] [--output PAGE] [--sets A,B] [--policies C,D]</c>: every policy on every set, as docs/results.md
/// with plots beside it. <c>default</c> and <c>pomdp</c> are always among them: the page and the plots are about them.
/// </summary>
internal static class Study
{
    private static readonly string[] Always = ["default", "pomdp"];

    public static async Task<int> RunAsync(string[] args)
    {
        string folder = Option(args, "--traces") ?? TraceFolder.Find();
        string output = Option(args, "--output") ?? Path.Combine("docs", "results.md");
        using var model = new MiniLm();
        IReadOnlyList<StudySet> sets = await StudySet.ReadAllAsync(folder, Option(args, "--sets")?.Split(','), EmbeddingFile.OfMiniLm(model)).ConfigureAwait(false);
        string[]? wanted = Option(args, "--policies")?.Split(',');
        var results = PolicyRegistry.EvaluationOnly.ToDictionary(
            baseline => baseline.Key, baseline => (IReadOnlyList<StudyResult>)[.. sets.Select(set => StudyResult.Baseline(baseline.Key, set))]);
        foreach (PolicyFamily family in PolicyRegistry.All.Where(family => wanted is null || Always.Contains(family.Key) || wanted.Contains(family.Key)))
        {
            if (sets.FirstOrDefault(set => family.Missing(set.Train) != PolicyNeeds.None) is { } lacking)
            {
                Console.WriteLine($"{family.Key}: left out, {lacking.Name} lacks {family.Missing(lacking.Train)}");
                continue;
            }

            results[family.Key] = [.. sets.Select(set => StudyResult.Measure(family, set))];
            Console.WriteLine($"{family.Key}: keep 99 % gives {results[family.Key].Average(r => r.Kept[^1].Accuracy):F3} @ {results[family.Key].Average(r => r.Kept[^1].Cost):F3}");
        }

        string plots = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(output))!, "results");
        Directory.CreateDirectory(plots);
        for (int i = 0; i < sets.Count; i++)
        {
            FrontierPlot.Save(sets[i], results["default"][i], results["pomdp"][i], Path.Combine(plots, sets[i].Name + ".svg"));
        }

        File.WriteAllText(output, StudyReport.Write(sets, results, [ContextSection.Write(sets, results["default"])]));
        Console.WriteLine($"Written: {output}");
        return 0;
    }

    private static string? Option(string[] args, string name) => Array.IndexOf(args, name) is >= 0 and var i && i + 1 < args.Length ? args[i + 1] : null;
}
