namespace AutoMix.Statistics;

/// <summary>The confidence as it is.</summary>
internal sealed class UnchangedConfidence : Calibration
{
    public override CalibrationKind Kind => CalibrationKind.None;

    private protected override double Probability(double confidence) => confidence;

    private protected override (double[] X, double[] Y) Numbers() => ([], []);
}
