using Microsoft.Extensions.AI;

namespace AutoMix;

/// <summary>The result of one call: an answer, an exception, or both if a stream broke off.</summary>
/// <param name="Response">The answer; null if there is none.</param>
/// <param name="Exception">The exception of a call that failed.</param>
internal sealed record CallOutcome(ChatResponse? Response, Exception? Exception)
{
    /// <summary>The measurements of a stream; null for a whole answer.</summary>
    public StreamMeter? Meter { get; init; }

    /// <summary>The updates of a stream, in order; null for a whole answer.</summary>
    public IReadOnlyList<ChatResponseUpdate>? Updates { get; init; }

    /// <summary>Whether the call had been stopped when it failed.</summary>
    public bool WasStopped { get; init; }

    /// <summary>Whether the call was stopped by its own time limit.</summary>
    public bool RanOutOfTime { get; init; }

    /// <summary>The reported usage; null if none was reported. It may be the client's own object and must not be changed.</summary>
    public UsageDetails? Usage => Meter is null ? Response?.Usage : Meter.Usage;
}
