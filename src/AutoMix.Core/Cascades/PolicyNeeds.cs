namespace AutoMix;

/// <summary>The facts that a policy needs, in its training traces or of a live query.</summary>
[Flags]
public enum PolicyNeeds
{
    /// <summary>Nothing beyond the models' names.</summary>
    None = 0,

    /// <summary>Graded answers in the training traces.</summary>
    Labels = 1,

    /// <summary>The cost of answers.</summary>
    Prices = 2,

    /// <summary>Confidences of answers: verifications, or their token log-probabilities.</summary>
    Confidences = 4,

    /// <summary>The agreement between answers.</summary>
    Agreement = 8,

    /// <summary>An embedding of the query.</summary>
    Embeddings = 16,

    /// <summary>The text of answers, as keys.</summary>
    Answers = 32,

    /// <summary>The duration of answers.</summary>
    Latencies = 64,
}
