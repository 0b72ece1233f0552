using System.Text.Json.Serialization;

namespace AutoMix;

/// <summary>A decision of the policy, in a <see cref="RoutingRecord"/>.</summary>
public sealed record DecisionRecord
{
    /// <summary>The action.</summary>
    [JsonConverter(typeof(JsonStringEnumConverter<CascadeActionKind>))]
    [JsonInclude]
    public CascadeActionKind Kind { get; internal init; }

    /// <summary>The name of the model; null for abstaining.</summary>
    [JsonInclude]
    public string? Model { get; internal init; }

    /// <summary>Whether the policy promised to accept the answer of a call.</summary>
    [JsonInclude]
    public bool IsFinal { get; internal init; }

    /// <summary>The policy's reason; null if it gave none.</summary>
    [JsonInclude]
    public string? Reason { get; internal init; }

    /// <summary>The belief that each model answers acceptably, on which the decision was made, in the order of the models; null if the policy holds no belief.</summary>
    [JsonInclude]
    public IReadOnlyList<double>? Beliefs { get; internal init => field = value is null ? null : Values<double>.Of(value); }
}
