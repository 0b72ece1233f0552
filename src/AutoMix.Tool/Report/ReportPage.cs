using System.Globalization;
using System.Net;
using System.Text;

namespace AutoMix.Tool.Report;

/// <summary>The report as one HTML page that needs nothing else: no network, no script but the slider's.</summary>
internal static class ReportPage
{
    private const int LongestText = 600;

    public static string Render(ReportData data, string frontierLight, string frontierDark, string calibrationLight, string calibrationDark)
    {
        using Stream stream = typeof(ReportPage).Assembly.GetManifestResourceStream("AutoMix.Tool.Report.report.html")!;
        using var reader = new StreamReader(stream, Encoding.UTF8);
        var values = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["title"] = Html($"AutoMix report: {data.Plan} on {data.Traces}"),
            ["plan"] = Html(data.Plan),
            ["traces"] = Html(data.Traces),
            ["policy"] = Html(data.Policy),
            ["queries"] = data.Queries.ToString("N0", CultureInfo.InvariantCulture),
            ["best"] = Html(data.BestModel),
            ["quality"] = data.RelativeAccuracy is { } accuracy ? Figures.Share(accuracy.Value) : "-",
            ["qualityInterval"] = data.RelativeAccuracy is { } a ? $"{Figures.Share(a.Low)} to {Figures.Share(a.High)}" : "unknown",
            ["cost"] = data.RelativeCost is { } cost ? Figures.Share(cost.Value) : "-",
            ["costInterval"] = data.RelativeCost is { } c ? $"{Figures.Share(c.Low)} to {Figures.Share(c.High)}" : "unknown",
            ["planCost"] = data.Cost.Value.ToString("R", CultureInfo.InvariantCulture),
            ["bestCost"] = data.BestCost.ToString("R", CultureInfo.InvariantCulture),
            ["frontier"] = Picture(frontierLight, frontierDark, "Cost against accuracy of this plan and of each single model; the numbers are in the table below."),
            ["calibration"] = data.Calibration.Count == 0
                ? "<p>No answer in these traces carries a confidence.</p>"
                : Picture(calibrationLight, calibrationDark, "Confidence against the share of correct answers, one line per model; the numbers are in the table below."),
            ["models"] = Models(data),
            ["bins"] = BinsOf(data),
            ["flow"] = FlowDiagram.Svg(data),
            ["flows"] = Flows(data),
            ["regressionCount"] = data.RegressionCount.ToString("N0", CultureInfo.InvariantCulture),
            ["improvementCount"] = data.ImprovementCount.ToString("N0", CultureInfo.InvariantCulture),
            ["regressions"] = Regressions(data),
        };
        return Fill(reader.ReadToEnd(), values);
    }

    // In one pass, so that a text from the data that looks like a placeholder stays what it is.
    private static string Fill(string template, Dictionary<string, string> values)
    {
        var page = new StringBuilder();
        int at = 0;
        while (true)
        {
            int open = template.IndexOf("{{", at, StringComparison.Ordinal);
            if (open < 0)
            {
                return page.Append(template, at, template.Length - at).ToString();
            }

            int close = template.IndexOf("}}", open, StringComparison.Ordinal);
            page.Append(template, at, open - at).Append(values[template[(open + 2)..close]]);
            at = close + 2;
        }
    }

    private static string Html(string text) => WebUtility.HtmlEncode(SafeText.Plain(text, LongestText));

    private static string Picture(string light, string dark, string description) =>
        $"""<picture><source media="(prefers-color-scheme: dark)" srcset="{DataUri(dark)}"><img src="{DataUri(light)}" alt="{Html(description)}" width="760" height="440"></picture>""";

    private static string DataUri(string svg) => $"data:image/svg+xml;base64,{Convert.ToBase64String(Encoding.UTF8.GetBytes(svg))}";

    private static string Models(ReportData data) => string.Concat(data.Models.Select(model =>
        $"<tr><th scope=\"row\">{Html(model.Model)}</th><td>{Figures.Share(model.Accuracy)}</td><td>{Figures.DollarsPerThousand(model.CostPerQuery)}</td><td>{Figures.Share(model.CalledShare)}</td><td>{Figures.Share(model.AnsweredShare)}</td></tr>"))
        + $"<tr class=\"plan\"><th scope=\"row\">this plan</th><td>{Figures.Share(data.Accuracy)}</td><td>{Figures.DollarsPerThousand(data.Cost.Value)} [{Figures.DollarsPerThousand(data.Cost.Low)}, {Figures.DollarsPerThousand(data.Cost.High)}]</td><td></td><td></td></tr>";

    private static string BinsOf(ReportData data) => string.Concat(data.Calibration.SelectMany(curve => curve.Bins.Select(bin =>
        $"<tr><th scope=\"row\">{Html(curve.Model)}</th><td>{bin.Confidence.ToString("0.000", CultureInfo.InvariantCulture)}</td><td>{Figures.Share(bin.Correct)}</td><td>{bin.Count.ToString(CultureInfo.InvariantCulture)}</td></tr>")));

    private static string Flows(ReportData data) => string.Concat(data.Flows.Select(flow =>
        $"<tr><th scope=\"row\">{Html(flow.From)} \u2192 {Html(flow.To)}</th><td>{flow.Count.ToString(CultureInfo.InvariantCulture)}</td><td>{Figures.Share(flow.Count / (double)data.Queries)}</td></tr>"));

    private static string Regressions(ReportData data) => data.Regressions.Count == 0
        ? "<p>There is none.</p>"
        : string.Concat(data.Regressions.Select(regression =>
            $"<details><summary>{Html(regression.Id)}, answered by {(regression.Model.Length == 0 ? "nobody" : Html(regression.Model))}</summary><dl><dt>Question</dt><dd>{Html(regression.Prompt)}</dd><dt>Answer returned</dt><dd>{Html(regression.Answer)}</dd><dt>Answer of {Html(data.BestModel)}</dt><dd>{Html(regression.BestAnswer)}</dd></dl></details>"));
}
