namespace AutoMix.LogProbabilities;

/// <summary>A token that the model wrote, its probability, and the alternatives at its place.</summary>
/// <param name="token">The text of the token.</param>
/// <param name="logProbability">The natural logarithm of its probability; NaN if the provider reported nothing usable.</param>
/// <param name="alternatives">The likeliest tokens at this place, usually with this one; empty if they were not asked for.</param>
public sealed class TokenLogProbability(string token, double logProbability, IReadOnlyList<TokenAlternative> alternatives)
{
    /// <summary>The text of the token.</summary>
    public string Token => token;

    /// <summary>The natural logarithm of its probability; NaN if the provider reported nothing usable.</summary>
    public double LogProbability => logProbability;

    /// <summary>The likeliest tokens at this place, usually with this one; empty if they were not asked for.</summary>
    public IReadOnlyList<TokenAlternative> Alternatives => alternatives;
}
