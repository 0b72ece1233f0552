using ScottPlot;

namespace AutoMix.Benchmarks.LearningStudy;

/// <summary>The plots of docs/learning.md.</summary>
internal static class LearningPlots
{
    private const int Window = 150;

    public static void Regret(string name, IReadOnlyList<RegretStudy.Point>[] runs, string path)
    {
        using var plot = new Plot();
        int points = runs.Min(r => r.Count);
        double[] labels = [.. Enumerable.Range(0, points).Select(k => (double)runs[0][k].Labels)];
        foreach (IReadOnlyList<RegretStudy.Point> run in runs)
        {
            var line = plot.Add.ScatterLine(labels, [.. run.Take(points).Select(p => p.Ratio)]);
            line.Color = Colors.Gray.WithAlpha(0.35);
        }

        var mean = plot.Add.Scatter(labels, [.. Enumerable.Range(0, points).Select(k => Math.Exp(runs.Average(r => Math.Log(r[k].Ratio))))]);
        mean.LegendText = $"geometric mean of {runs.Length} orders";
        mean.Color = Colors.C0;
        mean.LineWidth = 3;
        var bound = plot.Add.HorizontalLine(1.1);
        bound.LegendText = "offline-trained plus 10 %";
        bound.Color = Colors.C1;
        bound.LinePattern = LinePattern.Dashed;
        plot.Title($"{name}: from cold start");
        plot.XLabel("labelled requests");
        plot.YLabel("cost at equal quality / offline-trained");
        plot.ShowLegend(Alignment.UpperRight);
        plot.SaveSvg(path, 720, 400);
    }

    public static void Drift(string name, DriftStudy.Outcome[] runs, string path)
    {
        using var plot = new Plot();
        DriftStudy.Outcome first = runs[0];
        Add(plot, "learner", Colors.C0, runs, r => r.Quality, r => r.Cost);
        Add(plot, "plan as it was", Colors.C1, runs, r => r.FrozenQuality, r => r.FrozenCost);
        Mark(plot, first.Midpoint, "the change", Colors.Black);
        Mark(plot, Median(runs, r => r.PriceNoticed), "price noticed (median)", Colors.C4);
        Mark(plot, Median(runs, r => r.ModelNoticed), "model noticed (median)", Colors.C2);
        Mark(plot, Median(runs, r => r.Replanned), "re-planned (median)", Colors.C3);
        plot.Title($"{name}: a model loses .2 of accuracy, a price doubles");
        plot.XLabel("requests");
        plot.YLabel($"value per request, mean of {Window}");
        plot.ShowLegend(Alignment.LowerLeft);
        plot.SaveSvg(path, 720, 400);
    }

    private static void Add(Plot plot, string text, Color color, DriftStudy.Outcome[] runs, Func<DriftStudy.Outcome, double[]> quality, Func<DriftStudy.Outcome, double[]> cost)
    {
        int requests = quality(runs[0]).Length;
        double[] value = [.. Enumerable.Range(0, requests).Select(i => runs.Average(r => quality(r)[i] - (r.CostWeight * cost(r)[i])))];
        double[] at = [.. Enumerable.Range(0, requests - Window).Where(i => i % 10 == 0).Select(i => (double)(i + Window))];
        var line = plot.Add.ScatterLine(at, [.. at.Select(end => value.Skip((int)end - Window).Take(Window).Average())]);
        line.LegendText = text;
        line.Color = color;
        line.LineWidth = 2;
    }

    private static double? Median(DriftStudy.Outcome[] runs, Func<DriftStudy.Outcome, int?> of)
    {
        int[] found = [.. runs.Select(of).OfType<int>().Order()];
        return found.Length == 0 ? null : runs[0].Midpoint + found[found.Length / 2];
    }

    private static void Mark(Plot plot, double? at, string text, Color color)
    {
        if (at is { } x)
        {
            var line = plot.Add.VerticalLine(x);
            line.LegendText = text;
            line.Color = color;
            line.LinePattern = LinePattern.Dotted;
        }
    }
}
