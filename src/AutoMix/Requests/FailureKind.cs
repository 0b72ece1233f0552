using System.Text.Json.Serialization;

namespace AutoMix;

/// <summary>Why a call failed.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<FailureKind>))]
public enum FailureKind
{
    /// <summary>Nothing more is known.</summary>
    Other = 0,

    /// <summary>The provider limits the rate (429).</summary>
    RateLimit = 1,

    /// <summary>The provider is overloaded, down or unreachable (5xx, network).</summary>
    Overload = 2,

    /// <summary>The provider refused the credentials (401, 403).</summary>
    Authentication = 3,

    /// <summary>The provider cannot take this request (400, 404, 422).</summary>
    BadRequest = 4,

    /// <summary>A content filter stopped the prompt or the answer.</summary>
    ContentFilter = 5,

    /// <summary>The request does not fit the model's context window.</summary>
    ContextLength = 6,

    /// <summary>A time limit was reached: the pipeline's own or the provider client's.</summary>
    Timeout = 7,

    /// <summary>The stream ended without a finish reason, or the answer carries an error.</summary>
    CutOff = 8,

    /// <summary>The answer holds nothing.</summary>
    Empty = 9,

    /// <summary>The caller cancelled.</summary>
    Cancelled = 10,
}
