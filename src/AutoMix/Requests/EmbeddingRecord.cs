using System.Text.Json.Serialization;

namespace AutoMix;

/// <summary>The embedding of a question, which a policy needed before its first decision.</summary>
/// <remarks><see cref="RoutingRecord.Cost"/> leaves out its dollars, because embedding generators have no declared price.</remarks>
public sealed record EmbeddingRecord
{
    /// <summary>The tokens that the generator reported; null if it reported none.</summary>
    [JsonInclude]
    public long? Tokens { get; internal init; }

    /// <summary>The duration of the call.</summary>
    [JsonInclude]
    public TimeSpan Duration { get; internal init; }

    /// <summary>The type of the exception if the generator failed: the policy then decided as for an average query. Null otherwise.</summary>
    [JsonInclude]
    public string? Error { get; internal init; }
}
