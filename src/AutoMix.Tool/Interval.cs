using AutoMix.Metrics;

namespace AutoMix.Tool;

/// <summary>A figure with its 95 % bootstrap interval over queries.</summary>
internal readonly record struct Interval(double Value, double Low, double High)
{
    /// <summary>A mean over queries.</summary>
    public static Interval OfMean(IReadOnlyList<double> values) => OfRatio(values, [.. Enumerable.Repeat(1.0, values.Count)]);

    /// <summary>The ratio of two means over the same queries; null where the second is 0.</summary>
    public static Interval OfRatio(IReadOnlyList<double> values, IReadOnlyList<double> reference)
    {
        (double low, double high) = PairedBootstrap.RatioInterval(values, reference);
        return new(values.Sum() / reference.Sum(), low, high);
    }

    /// <summary>The same, null where the reference adds up to 0.</summary>
    public static Interval? OfRatioOrNull(IReadOnlyList<double> values, IReadOnlyList<double> reference)
    {
        if (!(reference.Sum() > 0))
        {
            return null;
        }

        Interval ratio = OfRatio(values, reference);
        return double.IsFinite(ratio.Low) && double.IsFinite(ratio.High) ? ratio : null;
    }
}
