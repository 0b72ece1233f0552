namespace AutoMix.Pomdps;

/// <summary>Discounted returns of a policy over many runs.</summary>
/// <param name="Runs">Number of runs.</param>
/// <param name="Mean">Mean return.</param>
/// <param name="StandardError">Standard error of the mean.</param>
public sealed record SimulationResult(int Runs, double Mean, double StandardError);
