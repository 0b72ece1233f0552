namespace AutoMix;

/// <summary>What one cost weight was measured to give on queries that were held out from fitting.</summary>
/// <param name="CostWeight">Value lost per dollar (<see cref="CascadeObjective.DollarWeight"/>).</param>
/// <param name="Accuracy">Mean quality of the accepted answers, in [0, 1].</param>
/// <param name="CostPerQuery">Mean dollars per query.</param>
public readonly record struct OperatingPoint(double CostWeight, double Accuracy, double CostPerQuery);
