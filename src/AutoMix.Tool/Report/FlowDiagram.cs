using System.Globalization;
using System.Net;
using System.Text;

namespace AutoMix.Tool.Report;

/// <summary>Where queries go: models as bars from left to right, bands as wide as the number of queries between them.</summary>
internal static class FlowDiagram
{
    private const double Width = 900;
    private const double Height = 320;
    private const double Bar = 14;
    private const double Gap = 18;
    private const double Top = 28;

    public static string Svg(ReportData data)
    {
        string[] columns = [ReportReader.Start, .. data.Models.Select(model => model.Model).Where(model => data.Flows.Any(flow => flow.To == model)), .. data.Flows.Select(flow => flow.To).Distinct().Where(to => data.Models.All(model => model.Model != to))];
        double step = (Width - Bar) / Math.Max(1, columns.Length - 1);
        double scale = (Height - Top - (Gap * 3)) / data.Queries;
        var left = columns.ToDictionary(name => name, _ => Top);
        var right = columns.ToDictionary(name => name, _ => Top);
        var svg = new StringBuilder();
        string summary = string.Join("; ", data.Flows.Select(flow => $"{flow.From} to {flow.To}: {flow.Count} queries"));
        svg.Append(CultureInfo.InvariantCulture, $"""<svg class="flow" viewBox="0 0 {Width} {Height}" role="img" aria-label="{WebUtility.HtmlEncode(summary)}">""");

        // Longer ways first, so that short ones are drawn on top of them.
        foreach (ReportData.Flow flow in data.Flows.OrderByDescending(flow => Array.IndexOf(columns, flow.To) - Array.IndexOf(columns, flow.From)))
        {
            double width = flow.Count * scale;
            double x1 = (Array.IndexOf(columns, flow.From) * step) + Bar;
            double x2 = Array.IndexOf(columns, flow.To) * step;
            double y1 = right[flow.From] + (width / 2);
            double y2 = left[flow.To] + (width / 2);
            right[flow.From] += width;
            left[flow.To] += width;
            double middle = (x1 + x2) / 2;
            svg.Append(CultureInfo.InvariantCulture, $"""<path d="M{x1:0.#},{y1:0.#} C{middle:0.#},{y1:0.#} {middle:0.#},{y2:0.#} {x2:0.#},{y2:0.#}" stroke-width="{Math.Max(1, width):0.#}"><title>{WebUtility.HtmlEncode($"{flow.From} \u2192 {flow.To}: {flow.Count} of {data.Queries}")}</title></path>""");
        }

        for (int i = 0; i < columns.Length; i++)
        {
            double height = Math.Max(left[columns[i]], right[columns[i]]) - Top;
            string anchor = i == 0 ? "start" : i == columns.Length - 1 ? "end" : "middle";
            double x = i * step;
            double label = anchor switch { "start" => x, "end" => x + Bar, _ => x + (Bar / 2) };
            svg.Append(CultureInfo.InvariantCulture, $"""<rect x="{x:0.#}" y="{Top}" width="{Bar}" height="{Math.Max(1, height):0.#}" rx="2"/><text x="{label:0.#}" y="{Top - 10}" text-anchor="{anchor}">{WebUtility.HtmlEncode(columns[i])}</text>""");
        }

        return svg.Append("</svg>").ToString();
    }
}
