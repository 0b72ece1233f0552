namespace AutoMix.LogProbabilities;

/// <summary>A token that the model wrote, how likely it was, and what else it could have been.</summary>
/// <param name="Token">Its text.</param>
/// <param name="LogProbability">Natural logarithm of its probability; NaN where the provider said nothing usable.</param>
/// <param name="Alternatives">The likeliest tokens at this place, this one usually among them; empty where not asked for.</param>
public sealed record TokenLogProbability(string Token, double LogProbability, IReadOnlyList<TokenAlternative> Alternatives);
