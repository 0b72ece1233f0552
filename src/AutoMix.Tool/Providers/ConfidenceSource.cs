namespace AutoMix.Tool.Providers;

/// <summary>Where confidences come from.</summary>
internal enum ConfidenceSource
{
    /// <summary>The answering model votes on its own answer several times.</summary>
    Self,

    /// <summary>The probability of a verdict of one token.</summary>
    PTrue,

    /// <summary>The probability of the answer's first token: free.</summary>
    AnswerProbability,

    /// <summary>Nowhere.</summary>
    None,
}
