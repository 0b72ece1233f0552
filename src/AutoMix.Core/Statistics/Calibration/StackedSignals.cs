using System.Text.Json;
using System.Text.Json.Serialization;

namespace AutoMix.Statistics;

/// <summary>
/// Several signals about an answer as one probability: a logistic regression on their log-odds, learnt from labelled rows. A
/// signal that is unknown contributes the weight that unknown values had in the labelled rows.
/// </summary>
/// <remarks>Immutable; safe for concurrent use. Stacking after Wolpert (1992).</remarks>
public sealed class StackedSignals
{
    // Certain signals of 0 and 1 must not outweigh all others: log-odds are kept within 4, that is .018 to .982.
    private const double Limit = 4;
    private const double Precision = 0.5;
    private readonly double[] _weights;

    private StackedSignals(int signals, double[] weights)
    {
        SignalCount = signals;
        _weights = weights;
    }

    /// <summary>Number of signals.</summary>
    public int SignalCount { get; }

    /// <summary>Learns the weights.</summary>
    /// <param name="signals">Row-major: <paramref name="signalCount"/> confidences per row, in [0, 1] or NaN for unknown.</param>
    /// <param name="signalCount">Number of signals per row; 1 or more.</param>
    /// <param name="qualities">The quality of the answer, in [0, 1]; one per row.</param>
    /// <exception cref="ArgumentException">There is no row, the lengths do not fit, or a number is out of range.</exception>
    public static StackedSignals Fit(ReadOnlySpan<double> signals, int signalCount, ReadOnlySpan<double> qualities)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(signalCount, 1);
        if (qualities.IsEmpty || signals.Length != qualities.Length * signalCount)
        {
            throw new ArgumentException($"There are {signals.Length} signals for {qualities.Length} rows of {signalCount}. Give at least one row, and {signalCount} signals per row.", nameof(signals));
        }

        double[] x = new double[signals.Length * 2];
        for (int row = 0; row < qualities.Length; row++)
        {
            if (!(qualities[row] >= 0 && qualities[row] <= 1))
            {
                throw new ArgumentOutOfRangeException(nameof(qualities), qualities[row], $"Quality {row} is no number in [0, 1].");
            }

            Features(signals.Slice(row * signalCount, signalCount), x.AsSpan(row * signalCount * 2));
        }

        double[] precision = new double[1 + (2 * signalCount)];
        Array.Fill(precision, Precision);
        return new(signalCount, Logistic.Fit(x, qualities, [], new double[precision.Length], precision));
    }

    /// <summary>The probability that the answer is acceptable.</summary>
    /// <param name="signals">Confidences in [0, 1], or NaN for unknown; one per signal.</param>
    public double Combine(ReadOnlySpan<double> signals)
    {
        if (signals.Length != SignalCount)
        {
            throw new ArgumentException($"There are {signals.Length} signals; the weights are for {SignalCount}.", nameof(signals));
        }

        double[] x = new double[2 * SignalCount];
        Features(signals, x);
        return Logistic.Sigmoid(Logistic.Dot(_weights, x));
    }

    /// <summary>The weights as JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(_weights, StackedSignalsJsonContext.Default.DoubleArray);

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    /// <param name="json">The JSON text.</param>
    /// <exception cref="FormatException">The text holds no weights.</exception>
    public static StackedSignals FromJson(string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        double[]? weights;
        try
        {
            weights = JsonSerializer.Deserialize(json, StackedSignalsJsonContext.Default.DoubleArray);
        }
        catch (JsonException e)
        {
            throw new FormatException($"The text holds no weights ({e.Message}). Give what StackedSignals.ToJson wrote.", e);
        }

        return weights is { Length: >= 3 } && weights.Length % 2 == 1 && Array.TrueForAll(weights, double.IsFinite)
            ? new((weights.Length - 1) / 2, weights)
            : throw new FormatException("The text holds no weights. Give what StackedSignals.ToJson wrote.");
    }

    private static void Features(ReadOnlySpan<double> signals, Span<double> x)
    {
        for (int i = 0; i < signals.Length; i++)
        {
            if (signals[i] is < 0 or > 1)
            {
                throw new ArgumentOutOfRangeException(nameof(signals), signals[i], $"Signal {i} is no number in [0, 1]. Give NaN for unknown.");
            }

            bool known = !double.IsNaN(signals[i]);
            x[2 * i] = known ? Math.Clamp(ConfidenceGrid.LogOdds(signals[i]), -Limit, Limit) : 0;
            x[(2 * i) + 1] = known ? 0 : 1;
        }
    }
}

/// <summary>Source-generated serialisation, without reflection.</summary>
[JsonSerializable(typeof(double[]))]
internal sealed partial class StackedSignalsJsonContext : JsonSerializerContext;
