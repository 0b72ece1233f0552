namespace AutoMix.Statistics;

/// <summary>s(intercept + a ln c - b ln(1 - c)), a and b not negative: the two ends of the scale bend on their own.</summary>
internal sealed class BetaCalibration(double intercept, double a, double b) : Calibration
{
    private const double Precision = 0.1;

    public override CalibrationKind Kind => CalibrationKind.Beta;

    public static BetaCalibration Fit(ConfidenceSample sample)
    {
        double[] x = new double[sample.Count * 2];
        for (int i = 0; i < sample.Count; i++)
        {
            (x[2 * i], x[(2 * i) + 1]) = Features(sample.Confidences[i]);
        }

        // An end that would bend backwards is left flat.
        double[] weights = Logistic.Fit(x, sample.Qualities, [], [0, 1, 1], [Precision, Precision, Precision], floor: 0);
        return new(weights[0], weights[1], weights[2]);
    }

    private protected override double Probability(double confidence)
    {
        (double low, double high) = Features(confidence);
        return Logistic.Sigmoid(intercept + (a * low) + (b * high));
    }

    private protected override (double[] X, double[] Y) Numbers() => ([intercept, a, b], []);

    private static (double Low, double High) Features(double confidence) =>
        (Math.Max(-ConfidenceGrid.Limit, Math.Log(confidence)), Math.Min(ConfidenceGrid.Limit, -Math.Log(1 - confidence)));
}
