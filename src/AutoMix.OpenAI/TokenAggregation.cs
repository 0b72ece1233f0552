namespace AutoMix;

/// <summary>How the probabilities of an answer's tokens become one confidence.</summary>
public enum TokenAggregation
{
    /// <summary>The first token's probability: the whole choice where the answer is one letter or one word.</summary>
    FirstToken = 0,

    /// <summary>The geometric mean: the answer's probability, normalised for its length.</summary>
    LengthNormalized = 1,

    /// <summary>The arithmetic mean.</summary>
    Mean = 2,

    /// <summary>The least likely token's probability.</summary>
    Minimum = 3,
}
