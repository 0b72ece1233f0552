using System.Diagnostics;
using System.Globalization;
using AutoMix.Benchmarks.TraceStudy;
using AutoMix.Evaluation;
using ScottPlot;

namespace AutoMix.Benchmarks.Cascades;

/// <summary>How the exact solver grows with models and bins: histories, seconds for 27 cost weights, memory. Verification is an action everywhere.</summary>
internal static class GrowthStudy
{
    private const int Weights = 27;

    public static void Run(TextWriter output, string plotPath)
    {
        TraceTable traces = TraceTable.Read(Path.Combine(TraceFolder.Find(), "triviaqa.llama.train.jsonl.gz"));
        IReadOnlyList<CascadeObjective> weights = CrossValidation.Objectives(traces);
        weights = [.. Enumerable.Range(0, Weights).Select(i => weights[i * (weights.Count - 1) / (Weights - 1)])];
        using var plot = new Plot();
        output.WriteLine("| models | bins | histories | seconds, 27 weights | MB allocated |");
        output.WriteLine("|---|---|---|---|---|");
        for (int bins = 2; bins <= 6; bins++)
        {
            var models = new List<double>();
            var seconds = new List<double>();
            for (int count = 1; count <= traces.ModelCount; count++)
            {
                CascadeModel model = CascadeModel.Fit(CascadeCounts.From(traces.SelectModels([.. Enumerable.Range(0, count)])), new CascadeFitOptions { Bins = bins });
                long histories = ExactSolver.IndexFor(model).Count;
                if (histories > model.Options.HistoryLimit)
                {
                    break;
                }

                model.Solve(weights);
                long before = GC.GetTotalAllocatedBytes(precise: true);
                long start = Stopwatch.GetTimestamp();
                model.Solve(weights);
                double elapsed = Stopwatch.GetElapsedTime(start).TotalSeconds;
                double megabytes = (GC.GetTotalAllocatedBytes(precise: true) - before) / 1e6;
                output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {count} | {bins} | {histories:N0} | {elapsed:0.0000} | {megabytes:0.0} |"));
                models.Add(count);
                seconds.Add(Math.Log10(elapsed));
            }

            plot.Add.ScatterLine(models.ToArray(), seconds.ToArray()).LegendText = $"{bins} bins";
        }

        plot.Title("Exact solution for 27 cost weights");
        plot.XLabel("models");
        plot.YLabel("seconds, powers of ten");
        plot.ShowLegend(Alignment.UpperLeft);
        plot.SaveSvg(plotPath, 640, 400);
    }
}
