using AutoMix.Evaluation;
using ScottPlot;

namespace AutoMix.Benchmarks.TraceStudy.Sections;

/// <summary>Cost against quality on one set: the default's hull, other policies' points, single models, the coin between them.</summary>
internal static class FrontierPlot
{
    public static void Save(StudySet set, StudyResult byDefault, StudyResult plans, string path)
    {
        using var plot = new Plot();
        CostQuality best = set.TestSingles[set.Best];
        AddHull(plot, [.. byDefault.Points, .. set.TestSingles], best.Cost, "default (hull)", Colors.C0);
        AddHull(plot, set.TestSingles, best.Cost, "coin between single models", Colors.Gray);
        var points = plot.Add.ScatterPoints(Costs(plans.Points, best.Cost), Accuracies(plans.Points));
        points.LegendText = "pomdp plans";
        points.Color = Colors.C1;
        var singles = plot.Add.ScatterPoints(Costs(set.TestSingles, best.Cost), Accuracies(set.TestSingles));
        singles.LegendText = "single models";
        singles.Color = Colors.Black;
        singles.MarkerSize = 9;
        plot.Axes.SetLimits(0, 1.5, Math.Max(0, set.TestSingles.Min(p => p.Accuracy) - 0.02), byDefault.Points.Concat(set.TestSingles).Max(p => p.Accuracy) + 0.02);
        plot.Title(set.Name);
        plot.XLabel("cost, share of the best single model's");
        plot.YLabel("accuracy");
        plot.ShowLegend(Alignment.LowerRight);
        plot.SaveSvg(path, 720, 440);
    }

    private static void AddHull(Plot plot, CostQuality[] points, double unit, string text, Color color)
    {
        CostQuality[] vertices = [.. new CostQualityHull(points).Vertices.Select(i => points[i])];
        var line = plot.Add.ScatterLine(Costs(vertices, unit), Accuracies(vertices));
        line.LegendText = text;
        line.Color = color;
        line.LineWidth = 2;
    }

    private static double[] Costs(CostQuality[] points, double unit) => [.. points.Select(point => point.Cost / unit)];

    private static double[] Accuracies(CostQuality[] points) => [.. points.Select(point => point.Accuracy)];
}
