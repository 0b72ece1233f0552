using AutoMix.Evaluation;
using AutoMix.Statistics;

namespace AutoMix.Tool;

/// <summary>Figures with their 95 % bootstrap intervals over queries.</summary>
internal static class QueryEstimates
{
    /// <summary>A mean over queries.</summary>
    public static MetricEstimate OfMean(IReadOnlyList<double> values) => PairedBootstrap.Ratio(values, [.. Enumerable.Repeat(1.0, values.Count)]);

    /// <summary>The ratio of two means over the same queries; null where it is undefined or unbounded.</summary>
    public static MetricEstimate? OfRatio(IReadOnlyList<double> values, IReadOnlyList<double> reference)
    {
        if (!(reference.Sum() > 0))
        {
            return null;
        }

        MetricEstimate ratio = PairedBootstrap.Ratio(values, reference);
        return double.IsFinite(ratio.Low) && double.IsFinite(ratio.High) ? ratio : null;
    }
}
