namespace AutoMix.Pomdps;

/// <summary>Where a search stands.</summary>
/// <param name="Elapsed">Time since it began.</param>
/// <param name="Lower">Lower bound of the value of the start belief.</param>
/// <param name="Upper">Upper bound of it.</param>
/// <param name="AlphaVectors">Vectors of the policy.</param>
/// <param name="Beliefs">Beliefs met.</param>
public readonly record struct SolverProgress(TimeSpan Elapsed, double Lower, double Upper, int AlphaVectors, int Beliefs);
