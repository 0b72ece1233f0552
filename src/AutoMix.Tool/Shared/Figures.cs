using System.Globalization;
using AutoMix.Statistics;

namespace AutoMix.Tool;

/// <summary>Numbers for people.</summary>
internal static class Figures
{
    public static string Share(double value) => value.ToString("P1", CultureInfo.InvariantCulture);

    public static string Share(double? value) => value is { } share ? Share(share) : "-";

    public static string Share(MetricEstimate interval) => $"{Share(interval.Value)} [{Share(interval.Low)}, {Share(interval.High)}]";

    public static string DollarsPerThousand(double perQuery) => (perQuery * 1000).ToString("0.####", CultureInfo.InvariantCulture);
}
