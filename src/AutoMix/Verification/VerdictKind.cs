using System.Text.Json.Serialization;

namespace AutoMix;

/// <summary>The three things a verifier can say.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<VerdictKind>))]
public enum VerdictKind
{
    /// <summary>Nothing was learned.</summary>
    Unknown = 0,

    /// <summary>A confidence in [0, 1].</summary>
    Confidence = 1,

    /// <summary>The answer breaks a rule.</summary>
    Rejected = 2,
}
