using ScottPlot;

namespace AutoMix.Tool.Report;

/// <summary>The plots, in a light and a dark palette.</summary>
internal static class ReportPlots
{
    private const int Width = 760;
    private const int Height = 440;

    /// <summary>Cost against accuracy: the plan, the single models, and what a coin between them reaches.</summary>
    public static Plot Frontier(ReportData data, bool dark)
    {
        var plot = Create(dark);
        var coin = plot.Add.ScatterLine(
            data.Mixtures.Select(point => point.Cost * 1000).ToArray(),
            data.Mixtures.Select(point => 100 * point.Accuracy).ToArray());
        coin.LegendText = "coin between single models";
        coin.Color = Colors.Gray;
        foreach (ReportData.ModelPoint model in data.Models)
        {
            plot.Add.Marker(1000 * model.CostPerQuery, 100 * model.Accuracy, MarkerShape.FilledSquare, 9, dark ? Colors.LightSkyBlue : Colors.Navy);
            var text = plot.Add.Text(model.Model, 1000 * model.CostPerQuery, 100 * model.Accuracy);
            text.LabelFontColor = dark ? Colors.White : Colors.Black;
            text.LabelAlignment = model.CostPerQuery > data.Models.Max(m => m.CostPerQuery) / 2 ? Alignment.UpperRight : Alignment.UpperLeft;
            text.LabelFontSize = 13;
            text.OffsetX = text.LabelAlignment == Alignment.UpperRight ? -8 : 8;
        }

        var plan = plot.Add.Marker(1000 * data.Cost.Value, 100 * data.Accuracy.Value, MarkerShape.FilledCircle, 16, Colors.OrangeRed);
        plan.LegendText = $"this plan ({data.Policy})";
        var across = plot.Add.Line(1000 * data.Cost.Low, 100 * data.Accuracy.Value, 1000 * data.Cost.High, 100 * data.Accuracy.Value);
        across.Color = Colors.OrangeRed;
        var upright = plot.Add.Line(1000 * data.Cost.Value, 100 * data.Accuracy.Low, 1000 * data.Cost.Value, 100 * data.Accuracy.High);
        upright.Color = Colors.OrangeRed;
        plot.XLabel("dollars per 1,000 requests");
        plot.YLabel("accuracy, %");
        plot.Axes.Margins(0.08, 0.12);
        plot.ShowLegend(Alignment.LowerRight);
        return plot;
    }

    /// <summary>Confidence against the share of correct answers, per model; the diagonal is perfect calibration.</summary>
    public static Plot Calibration(ReportData data, bool dark)
    {
        var plot = Create(dark);
        var diagonal = plot.Add.Line(0, 0, 1, 1);
        diagonal.Color = Colors.Gray;
        diagonal.LinePattern = LinePattern.Dashed;
        foreach (ReportData.CalibrationCurve curve in data.Calibration)
        {
            var line = plot.Add.Scatter(curve.Bins.Select(bin => bin.Confidence).ToArray(), curve.Bins.Select(bin => bin.Correct).ToArray());
            line.LegendText = curve.Model;
        }

        plot.Axes.SetLimits(0, 1, 0, 1);
        plot.XLabel("confidence");
        plot.YLabel("share of correct answers");
        plot.ShowLegend(Alignment.UpperLeft);
        return plot;
    }

    public static string Svg(Plot plot) => plot.GetSvgXml(Width, Height);

    public static void Save(Plot plot, string path)
    {
        plot.SaveSvg($"{path}.svg", Width, Height);
        plot.SavePng($"{path}.png", Width, Height);
    }

    private static Plot Create(bool dark)
    {
        var plot = new Plot();
        plot.FigureBackground.Color = Color.FromHex(dark ? "#161b22" : "#ffffff");
        plot.DataBackground.Color = Color.FromHex(dark ? "#0d1117" : "#fbfbfc");
        plot.Axes.Color(Color.FromHex(dark ? "#c9d1d9" : "#24292f"));
        plot.Grid.MajorLineColor = Color.FromHex(dark ? "#30363d" : "#e1e4e8");
        plot.Legend.BackgroundColor = Color.FromHex(dark ? "#161b22" : "#ffffff");
        plot.Legend.FontColor = Color.FromHex(dark ? "#c9d1d9" : "#24292f");
        plot.Legend.OutlineColor = Color.FromHex(dark ? "#30363d" : "#d0d7de");
        return plot;
    }
}
