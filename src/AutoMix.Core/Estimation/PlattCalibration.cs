using AutoMix.Metrics;

namespace AutoMix.Estimation;

/// <summary>s(intercept + slope x log-odds).</summary>
internal sealed class PlattCalibration(double intercept, double slope) : Calibration
{
    // A little belief in "the confidence is right", so that separable data give finite numbers.
    private const double Precision = 0.1;

    public override CalibrationKind Kind => CalibrationKind.Platt;

    public static PlattCalibration Fit(ConfidenceSample sample)
    {
        double[] x = new double[sample.Count];
        double[] bad = new double[sample.Count];
        for (int i = 0; i < x.Length; i++)
        {
            x[i] = ConfidenceGrid.LogOdds(sample.Confidences[i]);
            bad[i] = 1 - sample.Qualities[i];
        }

        (double intercept, double slope) = Logistic.Fit(x, sample.Qualities, bad, (0, Precision), (1, Precision), slopeFloor: 0);
        return new(intercept, slope);
    }

    private protected override double Probability(double confidence) => Logistic.Sigmoid(intercept + (slope * ConfidenceGrid.LogOdds(confidence)));

    private protected override (double[] X, double[] Y) Numbers() => ([intercept, slope], []);
}
