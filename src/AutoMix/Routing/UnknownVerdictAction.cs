using System.Text.Json.Serialization;

namespace AutoMix;

/// <summary>The action of the uncalibrated policy if a verification said nothing usable.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<UnknownVerdictAction>))]
public enum UnknownVerdictAction
{
    /// <summary>Call the next model: unknown is not a pass.</summary>
    Escalate = 0,

    /// <summary>Accept the answer.</summary>
    Accept = 1,
}
