namespace AutoMix;

/// <summary>What looking at a question took: the embedding that a policy needed before its first decision.</summary>
/// <remarks>Its dollars are not in <see cref="RoutingRecord.Cost"/>: embedding generators have no declared price, only tokens.</remarks>
public sealed record EmbeddingRecord
{
    /// <summary>The tokens that the generator reported; null where it reported none.</summary>
    public long? Tokens { get; init; }

    /// <summary>Seconds and fractions that it took.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>The type of the exception where it failed, so that the policy decided as for an average query; null where it did not.</summary>
    public string? Error { get; init; }
}
