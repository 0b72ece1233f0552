using System.Text.Json.Serialization;

namespace AutoMix;

/// <summary>How a request ended.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<RoutingOutcome>))]
public enum RoutingOutcome
{
    /// <summary>The policy accepted the answer.</summary>
    Accepted = 0,

    /// <summary>The policy vouched for no answer; the best so far was returned.</summary>
    Abstained = 1,

    /// <summary>A limit or a budget ended the request; the best answer so far was returned.</summary>
    LimitReached = 2,

    /// <summary>The policy threw, was too slow or decided something impossible; the best answer so far was returned.</summary>
    PolicyFailed = 3,

    /// <summary>There was nothing to return: the request ended with an exception.</summary>
    Failed = 4,

    /// <summary>The caller cancelled, or stopped reading a stream.</summary>
    Cancelled = 5,
}
