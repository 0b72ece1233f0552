namespace AutoMix.Statistics;

/// <summary>A calibration, and what it was chosen by.</summary>
public sealed class CalibrationChoice
{
    internal CalibrationChoice(Calibration calibration, IReadOnlyDictionary<CalibrationKind, double> heldOutLogLoss)
    {
        Calibration = calibration;
        HeldOutLogLoss = heldOutLogLoss;
    }

    /// <summary>The calibration, fitted to all the data.</summary>
    public Calibration Calibration { get; }

    /// <summary>Mean log loss on held-out folds, per shape.</summary>
    public IReadOnlyDictionary<CalibrationKind, double> HeldOutLogLoss { get; }
}
