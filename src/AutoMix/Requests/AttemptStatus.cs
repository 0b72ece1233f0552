using System.Text.Json.Serialization;

namespace AutoMix;

/// <summary>What became of one call to a model.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<AttemptStatus>))]
public enum AttemptStatus
{
    /// <summary>It runs.</summary>
    Running = 0,

    /// <summary>It gave an answer that can be returned.</summary>
    Answered = 1,

    /// <summary>It gave an answer that breaks a rule: it is returned only where nothing better exists.</summary>
    Rejected = 2,

    /// <summary>It gave an answer that may never be returned: nothing in it, or a tool call that is not allowed.</summary>
    Unusable = 3,

    /// <summary>It failed.</summary>
    Failed = 4,

    /// <summary>It was cancelled.</summary>
    Cancelled = 5,
}
