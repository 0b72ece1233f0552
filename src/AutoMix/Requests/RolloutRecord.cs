using System.Text.Json.Serialization;

namespace AutoMix;

/// <summary>The part of a request in a rollout, and in shadow mode the policy's decision.</summary>
public sealed record RolloutRecord
{
    /// <summary>The part of the request.</summary>
    [JsonInclude]
    public RolloutRole Role { get; internal init; }

    /// <summary>In shadow mode, the model whose answer the policy would have returned; null if it vouched for none. Null in other modes.</summary>
    [JsonInclude]
    public string? WouldAnswer { get; internal init; }

    /// <summary>In shadow mode, the dollars of the policy's own calls. Null in other modes.</summary>
    [JsonInclude]
    public decimal? WouldCost { get; internal init; }

    /// <summary>
    /// Whether, in shadow mode, that answer and the largest model's answer agree; null if one of them is missing. Null in other
    /// modes.
    /// </summary>
    [JsonInclude]
    public bool? WouldAgree { get; internal init; }

    /// <summary>In shadow mode, the dollars of the largest model's answer alone: the cost of the request without the policy. Null in other modes.</summary>
    [JsonInclude]
    public decimal? LargestCost { get; internal init; }
}
