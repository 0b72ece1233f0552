using AutoMix.Statistics;

namespace AutoMix.Evaluation;

/// <summary>Everything that says how far a verifier can be trusted, with bootstrap intervals at 95 %.</summary>
public sealed record VerifierReport
{
    /// <summary>Number of confidences; what came back unknown is not among them.</summary>
    public int Count { get; private init; }

    /// <summary>Mean quality of the answers.</summary>
    public double Accuracy { get; private init; }

    /// <summary>Mean confidence.</summary>
    public double MeanConfidence { get; private init; }

    /// <summary>P(a correct answer's confidence is above a wrong one's).</summary>
    public MetricEstimate Auroc { get; private init; }

    /// <summary>Expected calibration error.</summary>
    public MetricEstimate CalibrationError { get; private init; }

    /// <summary>Brier score.</summary>
    public MetricEstimate Brier { get; private init; }

    /// <summary>Whether the confidences tell correct answers from wrong ones.</summary>
    public SignalWorth Worth { get; private init; }

    /// <summary>Measures confidences against the qualities of the answers.</summary>
    /// <param name="confidences">In [0, 1], or NaN for unknown.</param>
    /// <param name="qualities">In [0, 1], one per confidence.</param>
    /// <param name="replicates">Bootstrap samples; 20 or more.</param>
    /// <param name="seed">Seed of the bootstrap.</param>
    /// <param name="bins">Bins of the calibration error.</param>
    /// <exception cref="ArgumentException">There is no confidence, the lengths differ, or a number is out of range.</exception>
    public static VerifierReport Measure(
        ReadOnlySpan<double> confidences,
        ReadOnlySpan<double> qualities,
        int replicates = 1000,
        int seed = 1,
        int bins = VerifierMetrics.DefaultBins)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(replicates, 20);
        ArgumentOutOfRangeException.ThrowIfLessThan(bins, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bins, 1000);
        var sample = new ConfidenceSample(confidences, qualities);
        if (sample.Count == 0)
        {
            throw new ArgumentException("There is no known confidence to measure.", nameof(confidences));
        }

        double[] weights = sample.Once();
        double auroc = sample.Auroc(weights);
        double error = sample.CalibrationError(weights, bins);
        double brier = sample.Brier(weights);
        double[] aurocs = new double[replicates];
        double[] errors = new double[replicates];
        double[] briers = new double[replicates];
        var random = new Random(seed);
        for (int i = 0; i < replicates; i++)
        {
            sample.Resample(random, weights);
            aurocs[i] = sample.Auroc(weights);
            errors[i] = sample.CalibrationError(weights, bins);
            briers[i] = sample.Brier(weights);
        }

        return new()
        {
            Count = sample.Count,
            Accuracy = Mean(sample.Qualities),
            MeanConfidence = Mean(sample.Confidences),
            Auroc = Between(auroc, aurocs),
            CalibrationError = Between(error, errors),
            Brier = Between(brier, briers),
            Worth = SignalTrust.Of(confidences, qualities).Worth,
        };
    }

    // Resamples in which one kind of answer is missing have no AUROC; they say nothing about its spread.
    private static MetricEstimate Between(double value, double[] resampled)
    {
        double[] known = [.. resampled.Where(double.IsFinite).Order()];
        return known.Length == 0
            ? new(value, double.NaN, double.NaN)
            : new(value, known[(int)(0.025 * (known.Length - 1))], known[(int)Math.Ceiling(0.975 * (known.Length - 1))]);
    }

    private static double Mean(ReadOnlySpan<double> values)
    {
        double sum = 0;
        foreach (double value in values)
        {
            sum += value;
        }

        return sum / values.Length;
    }
}
