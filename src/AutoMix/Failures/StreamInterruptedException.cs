using Microsoft.Extensions.AI;

namespace AutoMix;

/// <summary>
/// An answer that was streaming live ended early. What was shown stays shown; the pipeline never starts over with another
/// model's text.
/// </summary>
public sealed class StreamInterruptedException : AutoMixException
{
    /// <summary>The pipeline makes it; tests of what handles it may too.</summary>
    /// <param name="message">What happened, and what to do.</param>
    /// <param name="record">What happened, with costs.</param>
    /// <param name="attempts">All calls, in order.</param>
    /// <param name="bestAnswer">The best complete answer that was paid for; null where there is none.</param>
    /// <param name="innerException">The first exception of a call; null where there was none.</param>
    public StreamInterruptedException(string message, RoutingRecord record, IReadOnlyList<RoutingAttempt> attempts, ChatResponse? bestAnswer, Exception? innerException)
        : base(message, record, attempts, bestAnswer, innerException)
    {
    }
}
