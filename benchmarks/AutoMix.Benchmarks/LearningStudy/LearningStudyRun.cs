using System.Globalization;
using System.Text;
using AutoMix.Evaluation;

namespace AutoMix.Benchmarks.LearningStudy;

/// <summary><c>-- learning [--traces FOLDER] [--sets A,B] [--seeds N]</c>: both studies of docs/learning.md, its tables and its plots.</summary>
internal static class LearningStudyRun
{
    private const string Begin = "<!-- study -->";
    private const string End = "<!-- end of study -->";
    private const int StreamLength = 3000;
    private const int Labels = 200;

    public static void Run(string[] args)
    {
        string folder = Option(args, "--traces") ?? Environment.GetEnvironmentVariable("AUTOMIX_TRACES") ?? "../shared/traces";
        string page = Path.Combine("docs", "learning.md");
        string plots = Path.Combine("docs", "learning");
        int seeds = int.Parse(Option(args, "--seeds") ?? "20", CultureInfo.InvariantCulture);
        Directory.CreateDirectory(plots);
        var regret = new StringBuilder("| set | labels | quality | cost, ¢ per 1000 | cost at equal quality, against offline (geometric mean) | middle 80 % of runs |\n|---|---|---|---|---|---|\n");
        var same = new StringBuilder("| set | quality | cost, ¢ per 1000 | cost at equal quality, against the training split's plans | the learner's over the trainer's (geometric mean) |\n|---|---|---|---|---|\n");
        var missing = new StringBuilder($"| set | labelled | naive error | weighted error | weighted within its 95 % interval | cost at equal quality after {Labels} labels: weighted | naive |\n|---|---|---|---|---|---|---|\n");
        var drift = new StringBuilder("| set | degraded | dearer | model noticed after | price noticed after | re-planned after | false alarms before | value per request, last quarter: frozen plan | learner |\n|---|---|---|---|---|---|---|---|---|\n");
        string[]? wanted = Option(args, "--sets")?.Split(',');
        foreach (string train in Directory.EnumerateFiles(folder, "*.train.jsonl*").Order(StringComparer.Ordinal))
        {
            string name = Path.GetFileName(train)[..Path.GetFileName(train).IndexOf(".train.", StringComparison.Ordinal)];
            if (wanted?.Contains(name) == false)
            {
                continue;
            }

            TraceTable table = TraceTable.Read(train);
            TraceTable test = TraceTable.Read(train.Replace(".train.", ".test.", StringComparison.Ordinal));
            CascadeModel offline = CascadeTrainer.Fit(table);
            IReadOnlyList<CascadePlan> plans = offline.Solve(CrossValidation.Objectives(table));
            IReadOnlyList<RegretStudy.Point>[] runs = Each(seeds, seed => RegretStudy.Run(plans, test, seed));
            IReadOnlyList<RegretStudy.Point>[] weighted = Each(seeds, seed => RegretStudy.Run(plans, test, seed, row => RegretStudy.Propensity(test, row), until: Labels));
            IReadOnlyList<RegretStudy.Point>[] naive = Each(seeds, seed => RegretStudy.Run(plans, test, seed, row => RegretStudy.Propensity(test, row), weighted: false, until: Labels));
            Regret(regret, name, runs);
            Same(same, name, runs, Each(seeds, seed => RegretStudy.TrainedOffline(plans, test, seed, Labels)));
            LearningPlots.Regret(name, runs, Path.Combine(plots, $"regret.{name}.svg"));
            Missing(missing, name, Each(seeds, seed => MissingLabels.Run(test, seed)), weighted, naive);
            CascadePlan start = offline.Solve(Goal.KeepQuality(RegretStudy.Keep));
            DriftStudy.Outcome[] drifts = Each(seeds, seed => DriftStudy.Run(test, start, seed, StreamLength));
            Drift(drift, name, test, start, drifts);
            LearningPlots.Drift(name, drifts, Path.Combine(plots, $"drift.{name}.svg"));
            Console.WriteLine($"{name}: done");
            Console.WriteLine($"{regret}\n{same}\n{missing}\n{drift}");
        }

        string text = File.Exists(page) ? File.ReadAllText(page) : $"{Begin}{End}";
        int from = text.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length;
        File.WriteAllText(page, $"{text[..from]}\n\n### From cold start\n\n{regret}\n### The offline trainer on the same {Labels} requests\n\n{same}\n### Labels missing not at random\n\n{missing}\n### A model degrades, a price doubles\n\n{drift}\n{text[text.IndexOf(End, StringComparison.Ordinal)..]}");
    }

    private static T[] Each<T>(int seeds, Func<int, T> run)
    {
        var results = new T[seeds];
        Parallel.For(0, seeds, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, seed => results[seed] = run(seed + 1));
        return results;
    }

    private static void Regret(StringBuilder text, string name, IReadOnlyList<RegretStudy.Point>[] runs)
    {
        for (int k = 0; k < runs.Min(r => r.Count); k++)
        {
            double[] ratios = [.. runs.Select(r => r[k].Ratio).Order()];
            int tail = ratios.Length / 10;
            text.Append(CultureInfo.InvariantCulture, $"| {name} | {runs[0][k].Labels} | {runs.Average(r => r[k].Quality):0.000} | {runs.Average(r => r[k].Cost) * 1e5:0.00} | {Geometric(ratios):0.00} | {ratios[tail]:0.00} to {ratios[^(tail + 1)]:0.00} |\n");
        }
    }

    private static void Same(StringBuilder text, string name, IReadOnlyList<RegretStudy.Point>[] runs, RegretStudy.Point[] trained)
    {
        double[] paired = [.. runs.Zip(trained, (run, offline) => run.Single(p => p.Labels == Labels).Ratio / offline.Ratio)];
        text.Append(
            CultureInfo.InvariantCulture,
            $"| {name} | {trained.Average(p => p.Quality):0.000} | {trained.Average(p => p.Cost) * 1e5:0.00} | {Geometric([.. trained.Select(p => p.Ratio)]):0.00} | {Geometric(paired):0.00} |\n");
    }

    private static void Missing(StringBuilder text, string name, MissingLabels.Estimate[] estimates, IReadOnlyList<RegretStudy.Point>[] weighted, IReadOnlyList<RegretStudy.Point>[] naive) =>
        text.Append(
            CultureInfo.InvariantCulture,
            $"| {name} | {estimates.Average(e => e.Labelled):P0} | {estimates.Average(e => e.Naive - e.Truth):+0.000;-0.000} | {estimates.Average(e => e.Weighted - e.Truth):+0.000;-0.000} | {estimates.Count(e => e.IsWithin)} of {estimates.Length} | {At200(weighted)} | {At200(naive)} |\n");

    private static string At200(IReadOnlyList<RegretStudy.Point>[] runs)
    {
        RegretStudy.Point[] points = [.. runs.SelectMany(r => r.Where(p => p.Labels == Labels))];
        return points.Length == 0 ? "too few requests" : string.Create(CultureInfo.InvariantCulture, $"{Geometric([.. points.Select(p => p.Ratio)]):0.00} (quality {points.Average(p => p.Quality):0.000})");
    }

    private static void Drift(StringBuilder text, string name, TraceTable table, CascadePlan start, DriftStudy.Outcome[] runs)
    {
        (int degraded, int dearer) = DriftStudy.Chosen(table, start);
        text.Append(
            CultureInfo.InvariantCulture,
            $"| {name} | {table.Models[degraded]} | {table.Models[dearer]} | {When(runs, r => r.ModelNoticed)} | {When(runs, r => r.PriceNoticed)} | {When(runs, r => r.Replanned)} | {runs.Sum(r => r.FalseAlarms)} in {runs.Sum(r => r.Midpoint)} requests | {runs.Average(r => LastQuarter(r.FrozenQuality, r.FrozenCost, r.CostWeight)):0.000} | {runs.Average(r => LastQuarter(r.Quality, r.Cost, r.CostWeight)):0.000} |\n");
    }

    private static string When(DriftStudy.Outcome[] runs, Func<DriftStudy.Outcome, int?> of)
    {
        int[] found = [.. runs.Select(of).OfType<int>().Order()];
        return found.Length == 0 ? "never" : string.Create(CultureInfo.InvariantCulture, $"{found[found.Length / 2]} (at most {found[^1]}; {found.Length} of {runs.Length} runs)");
    }

    private static double LastQuarter(double[] quality, double[] cost, double weight) =>
        quality.Zip(cost, (q, c) => q - (weight * c)).Skip(quality.Length * 3 / 4).Average();

    private static double Geometric(double[] values) => Math.Exp(values.Average(Math.Log));

    private static string? Option(string[] args, string name) => Array.IndexOf(args, name) is >= 0 and var i && i + 1 < args.Length ? args[i + 1] : null;
}
