using System.Text.Json.Serialization;

namespace AutoMix;

/// <summary>The limits of one request.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<LimitKind>))]
public enum LimitKind
{
    /// <summary>The most that one request may cost.</summary>
    Cost = 0,

    /// <summary>A budget over time.</summary>
    Budget = 1,

    /// <summary>The time one request may take.</summary>
    Deadline = 2,

    /// <summary>The number of calls to models.</summary>
    Attempts = 3,

    /// <summary>The number of verifications.</summary>
    Verifications = 4,
}
