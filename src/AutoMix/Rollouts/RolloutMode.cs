using System.Text.Json.Serialization;

namespace AutoMix;

/// <summary>How far a pipeline's policy is trusted with requests.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<RolloutMode>))]
public enum RolloutMode
{
    /// <summary>The policy answers its share of the requests; the largest model alone answers the others.</summary>
    Serve = 0,

    /// <summary>The policy decides and its decision is recorded, but the largest model's answer is returned, always.</summary>
    Shadow = 1,

    /// <summary>The largest model alone answers every request; the policy is not asked.</summary>
    Off = 2,
}
