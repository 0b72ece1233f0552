using System.Text.Json.Serialization;

namespace AutoMix;

/// <summary>The status of a call to a model.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<AttemptStatus>))]
public enum AttemptStatus
{
    /// <summary>The call is running.</summary>
    Running = 0,

    /// <summary>The answer can be returned.</summary>
    Answered = 1,

    /// <summary>The answer breaks a rule. It is returned only if there is no better one.</summary>
    Rejected = 2,

    /// <summary>The answer is never returned: it is empty, or calls a tool that it may not call.</summary>
    Unusable = 3,

    /// <summary>The call failed.</summary>
    Failed = 4,

    /// <summary>The call was cancelled.</summary>
    Cancelled = 5,
}
