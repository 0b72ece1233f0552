using System.Text.Json.Serialization;

namespace AutoMix;

/// <summary>One decision of the policy, in a <see cref="RoutingRecord"/>.</summary>
public sealed record DecisionRecord
{
    /// <summary>What was decided.</summary>
    [JsonConverter(typeof(JsonStringEnumConverter<CascadeActionKind>))]
    public CascadeActionKind Kind { get; init; }

    /// <summary>The name of the model concerned; null for abstaining.</summary>
    public string? Model { get; init; }

    /// <summary>For a call: whether the policy promised to accept the answer.</summary>
    public bool IsFinal { get; init; }

    /// <summary>The policy's reason, if it gave one.</summary>
    public string? Reason { get; init; }
}
