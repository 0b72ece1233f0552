using System.Text.Json.Serialization;

namespace AutoMix;

/// <summary>The kinds of verdicts.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<VerdictKind>))]
public enum VerdictKind
{
    /// <summary>Nothing was learned.</summary>
    Unknown = 0,

    /// <summary>A confidence in [0, 1].</summary>
    Confidence = 1,

    /// <summary>The answer breaks a rule.</summary>
    Rejected = 2,

    /// <summary>A rule holds. Nothing speaks against the answer, but nothing says that it is acceptable either.</summary>
    Passed = 3,
}
