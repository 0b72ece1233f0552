namespace AutoMix.LogProbabilities;

/// <summary>A token that the model could have written at some place.</summary>
/// <param name="Token">Its text.</param>
/// <param name="LogProbability">Natural logarithm of its probability.</param>
public readonly record struct TokenAlternative(string Token, double LogProbability);
