using ScottPlot;

namespace AutoMix.Benchmarks.TraceStudy.Sections;

/// <summary>Gain by number of training queries: one colour per set, the default with discs, the baseline with squares.</summary>
internal static class LearningPlot
{
    public static void Save(IReadOnlyList<LearningSection.Point> points, string path)
    {
        using var plot = new Plot();
        var palette = new ScottPlot.Palettes.Category10();
        string[] sets = [.. points.Select(point => point.Set.Name).Distinct()];
        foreach (IGrouping<(string Set, string Policy), LearningSection.Point> curve in points.GroupBy(point => (point.Set.Name, point.Policy)))
        {
            bool byDefault = curve.Key.Policy == "default";
            Color color = palette.GetColor(Array.IndexOf(sets, curve.Key.Set));
            double[] rows = [.. curve.Select(point => (double)point.Rows)];
            double[] gains = [.. curve.Select(point => point.Gain.Value)];
            var line = plot.Add.Scatter(rows, gains, color);
            line.LegendText = $"{curve.Key.Set}, {curve.Key.Policy}";
            line.LineWidth = byDefault ? 2 : 1;
            line.MarkerShape = byDefault ? MarkerShape.FilledCircle : MarkerShape.OpenSquare;
            line.MarkerSize = 7;
            if (byDefault)
            {
                var bars = plot.Add.ErrorBar(rows, gains, [.. curve.Select(point => (point.Gain.High - point.Gain.Low) / 2)]);
                bars.Color = color.WithAlpha(0.5);
            }
        }

        plot.Add.HorizontalLine(0, 1, Colors.Gray);
        plot.Title("Gain over random mix on new queries");
        plot.XLabel("training queries");
        plot.YLabel("AIQ over random mix");
        plot.ShowLegend(Edge.Right);
        plot.SaveSvg(path, 900, 440);
    }
}
