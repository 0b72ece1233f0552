namespace AutoMix.Statistics;

/// <summary>A calibration, and what it was chosen by.</summary>
/// <param name="Calibration">The calibration, fitted to all the data.</param>
/// <param name="HeldOutLogLoss">Mean log loss on held-out folds, per shape.</param>
public sealed record CalibrationChoice(Calibration Calibration, IReadOnlyDictionary<CalibrationKind, double> HeldOutLogLoss);
