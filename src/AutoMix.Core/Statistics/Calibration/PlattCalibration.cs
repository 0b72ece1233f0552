namespace AutoMix.Statistics;

/// <summary>s(intercept + slope x log-odds).</summary>
internal sealed class PlattCalibration(double intercept, double slope) : Calibration
{
    // A little belief in "the confidence is right", so that separable data give finite numbers.
    private const double Precision = 0.1;

    public override CalibrationKind Kind => CalibrationKind.Platt;

    public static PlattCalibration Fit(ConfidenceSample sample)
    {
        double[] x = new double[sample.Count];
        for (int i = 0; i < x.Length; i++)
        {
            x[i] = ConfidenceGrid.LogOdds(sample.Confidences[i]);
        }

        double[] weights = Logistic.Fit(x, sample.Qualities, [], [0, 1], [Precision, Precision], floor: 0);
        return new(weights[0], weights[1]);
    }

    private protected override double Probability(double confidence) => Logistic.Sigmoid(intercept + (slope * ConfidenceGrid.LogOdds(confidence)));

    private protected override (double[] X, double[] Y) Numbers() => ([intercept, slope], []);
}
