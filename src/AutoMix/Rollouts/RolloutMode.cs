using System.Text.Json.Serialization;

namespace AutoMix;

/// <summary>The trust in a pipeline's policy.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<RolloutMode>))]
public enum RolloutMode
{
    /// <summary>The policy answers its share of the requests. Only the largest model answers the others.</summary>
    Serve = 0,

    /// <summary>The policy decides and its decision is recorded, but the largest model's answer is always returned.</summary>
    Shadow = 1,

    /// <summary>Only the largest model answers; the policy is not asked.</summary>
    Off = 2,
}
