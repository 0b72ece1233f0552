namespace AutoMix.Statistics;

/// <summary>A measured value with its interval.</summary>
/// <param name="Value">The value on all the data; NaN where it is not defined.</param>
/// <param name="Low">The lower end of the interval.</param>
/// <param name="High">The upper end of the interval.</param>
public readonly record struct MetricEstimate(double Value, double Low, double High)
{
    /// <summary>Whether the interval covers <paramref name="value"/>.</summary>
    /// <param name="value">The value to look for.</param>
    public bool Covers(double value) => Low <= value && value <= High;

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"{Value:0.000} [{Low:0.000}, {High:0.000}]");
}
