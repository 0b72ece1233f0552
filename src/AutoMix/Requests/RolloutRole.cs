using System.Text.Json.Serialization;

namespace AutoMix;

/// <summary>The part of a request in a rollout.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<RolloutRole>))]
public enum RolloutRole
{
    /// <summary>The policy answered.</summary>
    Policy = 0,

    /// <summary>Only the largest model answered, for comparison.</summary>
    Control = 1,

    /// <summary>The policy decided, the largest model answered.</summary>
    Shadow = 2,

    /// <summary>The policy is off; the largest model answered.</summary>
    Off = 3,
}
