namespace AutoMix;

/// <summary>What a policy needs to know, in its training traces or of a live query.</summary>
[Flags]
public enum PolicyNeeds
{
    /// <summary>Nothing beyond the models' names.</summary>
    None = 0,

    /// <summary>Graded answers in the training traces.</summary>
    Labels = 1,

    /// <summary>What answers cost.</summary>
    Prices = 2,

    /// <summary>Confidences of answers: verifications, or their token log-probabilities.</summary>
    Confidences = 4,

    /// <summary>Which answers agree.</summary>
    Agreement = 8,

    /// <summary>An embedding of the query.</summary>
    Embeddings = 16,

    /// <summary>The text of answers, as keys.</summary>
    Answers = 32,

    /// <summary>How long answers take.</summary>
    Latencies = 64,
}
