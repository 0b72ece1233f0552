using AutoMix.Statistics;

namespace AutoMix.Policies;

/// <summary>
/// From a raw confidence to a probability of being correct: a logistic regression on a transform that spreads the
/// confidences which crowd near 0 and 1 (Zellinger and Thomson).
/// </summary>
/// <param name="Intercept">Intercept.</param>
/// <param name="Slope">Slope, 0 or more, so that order is kept.</param>
internal readonly record struct ConfidenceCalibration(double Intercept, double Slope)
{
    // Weak, centred on trusting the confidence a little: 1 query's worth of pull.
    private const double Precision = 0.1;
    private const double LeastSlope = 0.01;
    private const double Extreme = 1e-9;

    /// <summary>-ln(1 - p) from one half upwards, continued symmetrically below.</summary>
    public static double Transform(double confidence)
    {
        double p = Math.Clamp(confidence, Extreme, 1 - Extreme);
        return p >= 0.5 ? -Math.Log(1 - p) : (2 * Math.Log(2)) + Math.Log(p);
    }

    public double Probability(double confidence) => Logistic.Sigmoid(Intercept + (Slope * Transform(confidence)));

    /// <summary>The raw confidence at which a probability is reached.</summary>
    public double Confidence(double probability)
    {
        double t = (Math.Log(probability) - Math.Log(1 - probability) - Intercept) / Slope;
        double p = t >= Math.Log(2) ? 1 - Math.Exp(-t) : Math.Exp(t - (2 * Math.Log(2)));
        return Math.Clamp(p, 0, 1);
    }

    public static ConfidenceCalibration Fit(TraceTable table, int model)
    {
        int[] rows = [.. Enumerable.Range(0, table.RowCount).Where(row => !double.IsNaN(table.Confidence(row, model)))];
        double[] x = [.. rows.Select(row => Transform(table.Confidence(row, model)))];
        double[] good = [.. rows.Select(row => table.Quality(row, model))];
        double[] weights = Logistic.Fit(x, good, [], [0, 0.5], [Precision, Precision], LeastSlope);
        return new ConfidenceCalibration(weights[0], weights[1]);
    }
}
