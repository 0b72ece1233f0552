using System.Globalization;
using AutoMix.Statistics;

namespace AutoMix.Benchmarks.TraceStudy;

/// <summary>How figures stand in the cells of a table.</summary>
internal static class Cells
{
    /// <summary>A figure; '-' where it is not defined or never reached.</summary>
    public static string Number(double? value, string format = "F3") =>
        value is { } number && double.IsFinite(number) ? number.ToString(format, CultureInfo.InvariantCulture) : "-";

    /// <summary>A figure with its interval.</summary>
    public static string Of(MetricEstimate estimate, string format = "F3") =>
        $"{Number(estimate.Value, format)} [{Number(estimate.Low, format)}, {Number(estimate.High, format)}]";

    /// <summary>Accuracy with its interval @ cost.</summary>
    public static string Of(Kept kept) => $"{Of(kept.Accuracy)} @ {Number(kept.Cost.Value)}";

    /// <summary>Figures without their intervals, such as costs at several levels.</summary>
    public static string Values(IEnumerable<MetricEstimate> estimates) => string.Join(" / ", estimates.Select(estimate => Number(estimate.Value)));
}
