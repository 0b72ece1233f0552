using System.Diagnostics;
using System.Globalization;
using System.Text;
using AutoMix.Benchmarks.TraceStudy.Sections;
using AutoMix.Policies;

namespace AutoMix.Benchmarks.TraceStudy;

/// <summary>Every policy on every set, as a page of sections with plots beside it: docs/results.md.</summary>
internal static class Study
{
    /// <summary>The sections by key, in the order of the page.</summary>
    public static IReadOnlyList<(string Key, Func<StudyRun, string> Write)> Sections { get; } =
    [
        ("policies", MeansSection.Write),
        ("savings", SavingsSection.Write),
        ("metrics", MetricsSection.Write),
        ("context", ContextSection.Write),
        ("learning", LearningSection.Write),
        ("leave-one-out", LeaveOneOutSection.Write),
        ("shift", ShiftSection.Write),
        ("splits", SplitsSection.Write),
        ("verifiers", VerifierSection.Write),
        ("sets", SetsSection.Write),
    ];

    public static async Task<int> RunAsync(StudyOptions options)
    {
        var wanted = Pick(Sections, section => section.Key, options.Sections, "section");
        var families = Pick(PolicyRegistry.All, family => family.Key, options.Policies, "policy");
        using var model = new MiniLm();
        IReadOnlyList<StudySet> sets = await StudySet.ReadAllAsync(options.Traces, options.Sets, EmbeddingFile.OfMiniLm(model)).ConfigureAwait(false);
        string plots = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(options.Output))!, "results");
        Directory.CreateDirectory(plots);
        var run = new StudyRun(sets, families, plots);
        var page = new StringBuilder();
        long started = Stopwatch.GetTimestamp();
        foreach ((string key, Func<StudyRun, string> write) in wanted)
        {
            long before = Stopwatch.GetTimestamp();
            page.AppendLine().Append(write(run));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{key}: {Stopwatch.GetElapsedTime(before).TotalSeconds:F0} s"));
        }

        File.WriteAllText(options.Output, Introduction(Stopwatch.GetElapsedTime(started)) + page);
        Console.WriteLine($"Written: {options.Output}");
        return 0;
    }

    private static List<T> Pick<T>(IReadOnlyList<T> all, Func<T, string> keyOf, string[]? keys, string what)
    {
        if (keys?.FirstOrDefault(key => !all.Select(keyOf).Contains(key)) is { } unknown)
        {
            throw new ArgumentException($"There is no {what} '{unknown}'. There are: {string.Join(", ", all.Select(keyOf))}.");
        }

        return [.. all.Where(one => keys is null || keys.Contains(keyOf(one)))];
    }

    private static string Introduction(TimeSpan took) => string.Create(CultureInfo.InvariantCulture, $"""
        # Results on recorded traces

        Written by `dotnet run -c Release --project benchmarks/AutoMix.Benchmarks -- traces [--traces FOLDER] [--sets A,B] [--policies C,D] [--sections E,F]` in {took.TotalMinutes:F0} minutes on
        {Environment.ProcessorCount} cores (other work on the machine makes it longer). Sections: {string.Join(", ", Sections.Select(section => section.Key))}. Everything is fitted, and every
        operating point chosen, on the training split; every figure is of the test split.

        - Cost is a share of the best single model's cost on the test set (1 = always call it, unverified). A confidence that is read is paid for.
        - *mix*: cost at 99 / 98 / 95 % of the best model's accuracy on the upper hull of the policy's points and the single models, both on test: a coin between two is
          allowed for everyone; optimistic. *TH*: the hull taken on training data, then walked on test; '-' where it never gets there (counted as 1 in the means).
        - AIQ: mean height of the policy's hull between the cheapest and the dearest single model. AIQ+: gain of the hull with single models over the hull of single models.
        - *keep 95 / 98 / 99 %*: what `Goal.KeepQuality` gave: share of the best model's accuracy @ cost.
        - [a, b] is a 95 % interval by paired bootstrap over the test queries (1,000 resamples, all policies and single models on the same ones).

        """);
}
