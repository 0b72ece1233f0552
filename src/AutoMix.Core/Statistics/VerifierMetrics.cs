namespace AutoMix.Statistics;

/// <summary>How good confidences are, against the qualities of the answers that they are about.</summary>
/// <remarks>
/// A confidence that is NaN (unknown) is left out. A quality between 0 and 1 counts as so much of a correct answer and the
/// rest of a wrong one.
/// </remarks>
internal static class VerifierMetrics
{
    /// <summary>The number of bins of the calibration error where none is given: 10.</summary>
    public const int DefaultBins = 10;

    private const double Floor = 1e-12;

    /// <summary>P(a correct answer's confidence is above a wrong one's), ties counting half; NaN without both kinds.</summary>
    /// <param name="confidences">In [0, 1], or NaN for unknown.</param>
    /// <param name="qualities">In [0, 1], one per confidence.</param>
    /// <exception cref="ArgumentException">The lengths differ, or a number is out of range.</exception>
    public static double Auroc(ReadOnlySpan<double> confidences, ReadOnlySpan<double> qualities)
    {
        var sample = new ConfidenceSample(confidences, qualities);
        return sample.Auroc(sample.Once());
    }

    /// <summary>Expected calibration error over bins of equal width; NaN without data.</summary>
    /// <param name="confidences">In [0, 1], or NaN for unknown.</param>
    /// <param name="qualities">In [0, 1], one per confidence.</param>
    /// <param name="bins">The number of bins, 1 to 1000.</param>
    /// <exception cref="ArgumentException">The lengths differ, or a number is out of range.</exception>
    public static double CalibrationError(ReadOnlySpan<double> confidences, ReadOnlySpan<double> qualities, int bins = DefaultBins)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bins, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bins, 1000);
        var sample = new ConfidenceSample(confidences, qualities);
        return sample.CalibrationError(sample.Once(), bins);
    }

    /// <summary>Brier score, the mean squared error of the confidence as a probability; NaN without data.</summary>
    /// <param name="confidences">In [0, 1], or NaN for unknown.</param>
    /// <param name="qualities">In [0, 1], one per confidence.</param>
    /// <exception cref="ArgumentException">The lengths differ, or a number is out of range.</exception>
    public static double Brier(ReadOnlySpan<double> confidences, ReadOnlySpan<double> qualities)
    {
        var sample = new ConfidenceSample(confidences, qualities);
        return sample.Brier(sample.Once());
    }

    /// <summary>Mean negative log-likelihood in nats, with probabilities kept 1e-12 away from 0 and 1; NaN without data.</summary>
    /// <param name="confidences">In [0, 1], or NaN for unknown.</param>
    /// <param name="qualities">In [0, 1], one per confidence.</param>
    /// <exception cref="ArgumentException">The lengths differ, or a number is out of range.</exception>
    public static double LogLoss(ReadOnlySpan<double> confidences, ReadOnlySpan<double> qualities)
    {
        var sample = new ConfidenceSample(confidences, qualities);
        double sum = 0;
        for (int i = 0; i < sample.Count; i++)
        {
            double c = Math.Clamp(sample.Confidences[i], Floor, 1 - Floor);
            sum -= (sample.Qualities[i] * Math.Log(c)) + ((1 - sample.Qualities[i]) * Math.Log(1 - c));
        }

        return sum / sample.Count;
    }
}
