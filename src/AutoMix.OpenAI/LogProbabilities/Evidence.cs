namespace AutoMix.LogProbabilities;

/// <summary>Log-probabilities to probabilities, with what is not usable told apart from what is unlikely.</summary>
internal static class Evidence
{
    // The SDK reads 32-bit floats, so a probability is known to about eight decimals (better near 0 and 1). Nine decimals
    // keep all that is known and make equal evidence equal, whatever the last bits of a logarithm were.
    private const int Decimals = 9;

    // Rounding in a server's own floats can put a certain token slightly above 0.
    private const double LargestLogProbability = 1e-3;

    /// <summary>The probability; null for NaN and for what is no logarithm of a probability.</summary>
    public static double? Probability(double logProbability) =>
        logProbability <= LargestLogProbability ? Confidence(Math.Exp(logProbability)) : null;

    /// <summary>A probability as a confidence: in [0, 1], to the precision that is known.</summary>
    public static double Confidence(double probability) => Math.Round(Math.Clamp(probability, 0, 1), Decimals);
}
