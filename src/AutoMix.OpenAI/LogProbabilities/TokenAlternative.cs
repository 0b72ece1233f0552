namespace AutoMix.LogProbabilities;

/// <summary>A token that the model could have written at some place.</summary>
/// <param name="token">The text of the token.</param>
/// <param name="logProbability">The natural logarithm of its probability.</param>
public sealed class TokenAlternative(string token, double logProbability)
{
    /// <summary>The text of the token.</summary>
    public string Token => token;

    /// <summary>The natural logarithm of its probability.</summary>
    public double LogProbability => logProbability;
}
