namespace AutoMix;

/// <summary>The settings of <see cref="Verifiers.SelfVerification"/>.</summary>
public sealed class SelfVerificationOptions
{
    /// <summary>The number of votes. Default: 8.</summary>
    public int Samples { get; set; } = 8;

    /// <summary>
    /// Votes asked for at once. Between batches the rest is saved where no outcome of it could move the confidence across the
    /// policy's threshold; a policy without one gets all votes. Default: 4.
    /// </summary>
    public int BatchSize { get; set; } = 4;

    /// <summary>The sampling temperature; null to leave it to the model. Default: 1.</summary>
    public float? Temperature { get; set; } = 1f;

    /// <summary>The seed of the first vote; each further one adds 1. Null sends no seed. Default: 0.</summary>
    public long? Seed { get; set; } = 0;

    /// <summary>Whether to send the stop sequence that ends a vote; some models refuse one. Default: true.</summary>
    public bool UseStopSequence { get; set; } = true;

    /// <summary>The output tokens of one vote. Default: 200.</summary>
    public int MaxOutputTokens { get; set; } = 200;

    /// <summary>The name of the model that votes; null for the one that answered. Default: null.</summary>
    public string? Model { get; set; }

    /// <summary>Of the conversation before the question, the last so many characters are shown. Default: 12,000.</summary>
    public int MaxContextCharacters { get; set; } = 12_000;
}
