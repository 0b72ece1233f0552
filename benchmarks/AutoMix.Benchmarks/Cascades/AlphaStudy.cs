using System.Diagnostics;
using AutoMix.Evaluation;
using AutoMix.Policies;
using AutoMix.Statistics;

namespace AutoMix.Benchmarks.Cascades;

/// <summary>
/// The experiment of docs/design.md section 4: a plan's table against alpha vectors on the exact belief, both from the same exact
/// solution, trained on the train file and run on the test file of each set.
/// </summary>
internal static class AlphaStudy
{
    private const int Weights = 15;
    private static readonly CascadeFitOptions[] Options = [new(), new() { AgreementTemper = 0, Bins = 10 }];

    /// <param name="folders">Folders with NAME.train.jsonl.gz and NAME.test.jsonl.gz.</param>
    /// <param name="output">Receives three tables.</param>
    public static void Run(IEnumerable<string> folders, TextWriter output)
    {
        (string Name, TraceTable Train, TraceTable Test)[] sets = [.. folders
            .SelectMany(folder => Directory.GetFiles(folder, "*.train.jsonl.gz").Order(StringComparer.Ordinal))
            .Select(path => (Path.GetFileName(path)[..^".train.jsonl.gz".Length], TraceTable.Read(path), TraceTable.Read(path.Replace(".train.", ".test.", StringComparison.Ordinal))))];
        output.WriteLine("| set | agreement temper, bins | table | alpha | difference | decided otherwise | vectors | KB | read, ms | solve, ms | table, ns | alpha, ns |");
        output.WriteLine("|---|---|---|---|---|---|---|---|---|---|---|---|");
        foreach ((string name, TraceTable train, TraceTable test) in sets)
        {
            foreach (CascadeFitOptions options in Options)
            {
                output.WriteLine($"| {name} | {Compare(train, test, options)} |");
            }
        }

        output.WriteLine();
        output.WriteLine("| set | policy | table: quality, dollars per 1,000 | alpha | difference of quality | ratio of cost |");
        output.WriteLine("|---|---|---|---|---|---|");
        foreach ((string name, TraceTable train, TraceTable test) in sets)
        {
            TrainedFamily policies = PolicyRegistry.Get("default").Train(train);
            CascadeModel model = CascadeTrainer.Fit(train);
            foreach (double share in (double[])[0.99, 0.95])
            {
                output.WriteLine($"| {name} | pomdp, keep {share} | {Compare(model.Solve(Goal.KeepQuality(share)), test)} |");
                output.WriteLine($"| {name} | default, keep {share} | {Compare(policies.For(Goal.KeepQuality(share)), test)} |");
            }
        }

        output.WriteLine();
        output.WriteLine("| set | models | histories | exact solution for a request's own prior and prices, ms |");
        output.WriteLine("|---|---|---|---|");
        foreach ((string name, TraceTable train, _) in sets)
        {
            for (int count = 2; count <= train.ModelCount; count++)
            {
                CascadeModel model = CascadeModel.Fit(CascadeCounts.From(train.SelectModels([.. Enumerable.Range(train.ModelCount - count, count)])), new());
                var objective = new CascadeObjective(0.1 / model.AnswerCost(count - 1).Dollars);
                double least = Enumerable.Range(0, 100).Min(_ => Milliseconds(() => model.Shifted(0.3).Solve(objective)));
                output.WriteLine(FormattableString.Invariant($"| {name} | {count} | {ExactSolver.IndexFor(model).Count} | {least:0.000} |"));
            }
        }
    }

    /// <summary>Measures the mean of accuracy - weight x dollars over the weights, and the other columns of the first table.</summary>
    internal static Comparison Compare(TraceTable train, TraceTable test, CascadeFitOptions options)
    {
        CascadeModel model = CascadeModel.Fit(CascadeCounts.From(train), options);
        IReadOnlyList<CascadeObjective> all = CrossValidation.Objectives(train);
        CascadeObjective[] objectives = [.. Enumerable.Range(0, Weights).Select(i => all[1 + (i * (all.Count - 2) / (Weights - 1))])];
        var comparison = new Comparison(options, new double[test.RowCount], new double[test.RowCount]);
        foreach (CascadeObjective objective in objectives)
        {
            CascadePlan plan = null!;
            AlphaPlan alpha = null!;
            comparison.SolveMilliseconds += Milliseconds(() => plan = model.Solve(objective)) / Weights;
            comparison.ReadMilliseconds += Milliseconds(() => alpha = AlphaPlan.Solve(model, objective)) / Weights;
            comparison.Vectors += (double)alpha.VectorCount / Weights;
            comparison.Kilobytes += alpha.Bytes / 1024.0 / Weights;
            PolicyEvaluation byTable = Timed(plan, test, ref comparison.TableNanoseconds);
            PolicyEvaluation byAlpha = Timed(alpha, test, ref comparison.AlphaNanoseconds);
            for (int row = 0; row < test.RowCount; row++)
            {
                comparison.Table[row] += (byTable.Quality[row] - (objective.DollarWeight * byTable.Cost[row])) / Weights;
                comparison.Alpha[row] += (byAlpha.Quality[row] - (objective.DollarWeight * byAlpha.Cost[row])) / Weights;
                comparison.Otherwise += byTable.Model[row] == byAlpha.Model[row] && byTable.Cost[row] == byAlpha.Cost[row] ? 0 : 1.0 / Weights / test.RowCount;
            }
        }

        return comparison;
    }

    // Adds the time of a decision, replay included.
    private static PolicyEvaluation Timed(ICascadePolicy policy, TraceTable test, ref double nanoseconds)
    {
        var history = new CascadeHistory(test.ModelCount);
        int decisions = 0;
        for (int row = 0; row < test.RowCount; row++)
        {
            CascadeReplay.Run(policy, test, row, history, _ => decisions++);
        }

        PolicyEvaluation evaluation = null!;
        nanoseconds += 1e6 * Milliseconds(() => evaluation = PolicyEvaluation.Run(policy, test)) / decisions / Weights;
        return evaluation;
    }

    private static string Compare(ICascadePolicy policy, TraceTable test)
    {
        PolicyEvaluation table = PolicyEvaluation.Run(policy, test);
        PolicyEvaluation alpha = PolicyEvaluation.Run(WithAlpha(policy), test);
        IReadOnlyList<MetricEstimate> figures = PairedBootstrap.Intervals(
            [table, alpha], points => [points[1].Accuracy - points[0].Accuracy, points[1].Cost / points[0].Cost]);
        return FormattableString.Invariant(
            $"{table.Mean.Accuracy:0.000}, {1000 * table.Mean.Cost:0.0000} | {alpha.Mean.Accuracy:0.000}, {1000 * alpha.Mean.Cost:0.0000} | {Interval(figures[0])} | {figures[1]}");
    }

    // The same policy with alpha vectors in place of the table of every plan in it.
    private static ICascadePolicy WithAlpha(ICascadePolicy policy) => policy switch
    {
        CascadePlan plan => AlphaPlan.Solve(plan.Model, plan.Objective),
        MixturePolicy mixture => new MixturePolicy(WithAlpha(mixture.First), WithAlpha(mixture.Second), mixture.Share, mixture.Seed),
        _ => policy,
    };

    private static double Milliseconds(Action action)
    {
        long start = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    private static string Interval(MetricEstimate estimate) => FormattableString.Invariant($"{estimate.Value:+0.0000;-0.0000;0} [{estimate.Low:+0.0000;-0.0000;0}, {estimate.High:+0.0000;-0.0000;0}]");

    /// <summary>One row of the first table.</summary>
    /// <param name="Options">How the model was fitted.</param>
    /// <param name="Table">The value by the table, per query.</param>
    /// <param name="Alpha">The value by alpha vectors, per query.</param>
    internal sealed record Comparison(CascadeFitOptions Options, double[] Table, double[] Alpha)
    {
        public double TableNanoseconds;
        public double AlphaNanoseconds;

        public double Otherwise { get; set; }

        public double Vectors { get; set; }

        public double Kilobytes { get; set; }

        public double ReadMilliseconds { get; set; }

        public double SolveMilliseconds { get; set; }

        /// <summary>The mean difference, alpha less table, with its paired bootstrap interval.</summary>
        public MetricEstimate Difference => PairedBootstrap.Ratio([.. Alpha.Zip(Table, (alpha, table) => alpha - table)], [.. Table.Select(_ => 1.0)]);

        public override string ToString() => FormattableString.Invariant(
            $"{Options.AgreementTemper}, {Options.Bins} | {Table.Average():0.0000} | {Alpha.Average():0.0000} | {Interval(Difference)} | {100 * Otherwise:0.0} % | {Vectors:0} | {Kilobytes:0} | {ReadMilliseconds:0.0} | {SolveMilliseconds:0.0} | {TableNanoseconds:0} | {AlphaNanoseconds:0}");
    }
}
