using System.Text.Json.Serialization;

namespace AutoMix;

/// <summary>The outcome of a request.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<RoutingOutcome>))]
public enum RoutingOutcome
{
    /// <summary>The policy accepted the answer.</summary>
    Accepted = 0,

    /// <summary>The policy vouched for no answer. The best answer so far was returned.</summary>
    Abstained = 1,

    /// <summary>A limit or a budget ended the request. The best answer so far was returned.</summary>
    LimitReached = 2,

    /// <summary>The policy threw, was too slow or decided something impossible. The best answer so far was returned.</summary>
    PolicyFailed = 3,

    /// <summary>The request ended with an exception, because there was nothing to return.</summary>
    Failed = 4,

    /// <summary>The caller cancelled, or stopped reading a stream.</summary>
    Cancelled = 5,
}
