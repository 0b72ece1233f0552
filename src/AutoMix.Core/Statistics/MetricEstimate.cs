namespace AutoMix.Statistics;

/// <summary>A measured value with its interval.</summary>
public readonly struct MetricEstimate
{
    internal MetricEstimate(double value, double low, double high)
    {
        Value = value;
        Low = low;
        High = high;
    }

    /// <summary>The value on all the data; NaN where it is not defined.</summary>
    public double Value { get; }

    /// <summary>The lower end of the interval.</summary>
    public double Low { get; }

    /// <summary>The upper end of the interval.</summary>
    public double High { get; }

    /// <summary>Whether the interval covers <paramref name="value"/>.</summary>
    /// <param name="value">The value to look for.</param>
    public bool Covers(double value) => Low <= value && value <= High;

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"{Value:0.000} [{Low:0.000}, {High:0.000}]");
}
