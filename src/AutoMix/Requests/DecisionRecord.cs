using System.Text.Json.Serialization;

namespace AutoMix;

/// <summary>A decision of the policy, in a <see cref="RoutingRecord"/>.</summary>
public sealed record DecisionRecord
{
    /// <summary>The action.</summary>
    [JsonConverter(typeof(JsonStringEnumConverter<CascadeActionKind>))]
    public CascadeActionKind Kind { get; init; }

    /// <summary>The name of the model; null for abstaining.</summary>
    public string? Model { get; init; }

    /// <summary>Whether the policy promised to accept the answer of a call.</summary>
    public bool IsFinal { get; init; }

    /// <summary>The policy's reason; null if it gave none.</summary>
    public string? Reason { get; init; }

    /// <summary>The belief that each model answers acceptably, on which the decision was made, in the order of the models; null if the policy holds no belief.</summary>
    public IReadOnlyList<double>? Beliefs { get; init => field = value is null ? null : Values<double>.Of(value); }
}
