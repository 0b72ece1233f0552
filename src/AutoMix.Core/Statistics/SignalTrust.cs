using System.Numerics.Tensors;

namespace AutoMix.Statistics;

/// <summary>The trust in one verifier about one model's answers: its AUROC, with an interval, and the verdict that follows.</summary>
/// <remarks>
/// The interval is DeLong's (DeLong, DeLong and Clarke-Pearson, 1988), at 95 %. It needs no randomness and only counts, so
/// that processes that pool their counts reach the same verdict.
/// </remarks>
public sealed record SignalTrust
{
    /// <summary>Correct, and wrong, answers from which on a verifier is called uninformative: 20 of each.</summary>
    public const int LeastOfEach = 20;

    /// <summary>The same for a sample of returned answers alone: 50 of each.</summary>
    internal const int LeastOfEachReturned = 50;

    /// <summary>Confidences within which a verifier always says the same: 0.01.</summary>
    public const double LeastSpread = 0.01;

    // With fewer of a kind the variance is itself a guess.
    private const int FewestOfEach = 5;
    private const double NormalQuantile = 1.959964;

    /// <summary>The verdict that follows from the figures.</summary>
    public required SignalWorth Worth { get; init; }

    /// <summary>The AUROC; one half, with the interval [0, 1], unless there are both correct and wrong answers.</summary>
    public required double Auroc { get; init; }

    /// <summary>The lower end of its interval.</summary>
    public required double Low { get; init; }

    /// <summary>The upper end of its interval.</summary>
    public required double High { get; init; }

    /// <summary>The number of labelled confidences.</summary>
    public required double Count { get; init; }

    /// <summary>Judges confidences against the qualities of the answers.</summary>
    /// <param name="confidences">In [0, 1], or NaN for unknown.</param>
    /// <param name="qualities">In [0, 1], one per confidence.</param>
    /// <exception cref="ArgumentException">The lengths differ, or a number is out of range.</exception>
    public static SignalTrust Of(ReadOnlySpan<double> confidences, ReadOnlySpan<double> qualities) => Of(confidences, qualities, areReturned: false);

    /// <summary>Judges confidences against the qualities of the answers.</summary>
    /// <param name="confidences">In [0, 1], or NaN for unknown.</param>
    /// <param name="qualities">In [0, 1], one per confidence.</param>
    /// <param name="areReturned">
    /// Whether all are answers that were returned to a user. The verifier chose that sample and looks less able in it than it is, so that
    /// more answers are needed to call it uninformative, and a verifier that says the same of all of them is not judged.
    /// </param>
    internal static SignalTrust Of(ReadOnlySpan<double> confidences, ReadOnlySpan<double> qualities, bool areReturned)
    {
        var sample = new ConfidenceSample(confidences, qualities);
        var good = new List<double>();
        var bad = new List<double>();
        for (int i = 0; i < sample.Count; i++)
        {
            if (i == 0 || sample.Confidences[i] != sample.Confidences[i - 1])
            {
                good.Add(0);
                bad.Add(0);
            }

            good[^1] += sample.Qualities[i];
            bad[^1] += 1 - sample.Qualities[i];
        }

        double spread = sample.Count == 0 ? 0 : sample.Confidences[^1] - sample.Confidences[0];
        return Of(good.ToArray(), bad.ToArray(), spread, areReturned);
    }

    /// <summary>Judges counts per cell of <see cref="ConfidenceGrid"/>.</summary>
    internal static SignalTrust OfCells(ReadOnlySpan<double> good, ReadOnlySpan<double> bad)
    {
        int first = -1;
        int last = -1;
        for (int cell = 0; cell < good.Length; cell++)
        {
            if (good[cell] + bad[cell] > 0)
            {
                first = first < 0 ? cell : first;
                last = cell;
            }
        }

        double spread = first < 0 ? 0 : Logistic.Sigmoid(ConfidenceGrid.Centre(last)) - Logistic.Sigmoid(ConfidenceGrid.Centre(first));
        return Of(good, bad, spread, areReturned: false);
    }

    // Weights of correct and wrong answers at ascending confidences.
    private static SignalTrust Of(ReadOnlySpan<double> good, ReadOnlySpan<double> bad, double spread, bool areReturned)
    {
        double goods = TensorPrimitives.Sum(good);
        double bads = TensorPrimitives.Sum(bad);
        if (!(goods > 0 && bads > 0))
        {
            return Judge(0.5, 0, 1, goods, bads, spread, areReturned);
        }

        double auroc = 0;
        double goodSquares = 0;
        double badSquares = 0;
        double goodBelow = 0;
        double badBelow = 0;
        for (int i = 0; i < good.Length; i++)
        {
            double beaten = (badBelow + (0.5 * bad[i])) / bads;
            double beatenBy = (goods - goodBelow - (0.5 * good[i])) / goods;
            auroc += good[i] * beaten / goods;
            goodSquares += good[i] * beaten * beaten;
            badSquares += bad[i] * beatenBy * beatenBy;
            goodBelow += good[i];
            badBelow += bad[i];
        }

        double variance = Math.Max(0, (goodSquares / goods) - (auroc * auroc)) / Math.Max(1, goods - 1)
            + Math.Max(0, (badSquares / bads) - (auroc * auroc)) / Math.Max(1, bads - 1);
        double half = NormalQuantile * Math.Sqrt(variance);
        return Judge(auroc, Math.Max(0, auroc - half), Math.Min(1, auroc + half), goods, bads, spread, areReturned);
    }

    private static SignalTrust Judge(double auroc, double low, double high, double goods, double bads, double spread, bool areReturned)
    {
        int least = areReturned ? LeastOfEachReturned : LeastOfEach;
        SignalWorth worth = goods + bads >= LeastOfEach && spread < LeastSpread ? (areReturned ? SignalWorth.Undetermined : SignalWorth.Uninformative)
            : goods < FewestOfEach || bads < FewestOfEach ? SignalWorth.Undetermined
            : low > 0.5 ? SignalWorth.Informative
            : goods < least || bads < least ? SignalWorth.Undetermined
            : SignalWorth.Uninformative;
        return new() { Worth = worth, Auroc = auroc, Low = low, High = high, Count = goods + bads };
    }
}
