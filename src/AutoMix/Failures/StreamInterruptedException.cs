using Microsoft.Extensions.AI;

namespace AutoMix;

/// <summary>
/// An answer that was streaming live ended early. What was shown stays shown; the pipeline never starts over with another
/// model's text.
/// </summary>
public sealed class StreamInterruptedException : AutoMixException
{
    internal StreamInterruptedException(string message, Exception? innerException, RoutingRecord record, IReadOnlyList<RoutingAttempt> attempts, ChatResponse? bestAnswer)
        : base(message, innerException, record, attempts, bestAnswer)
    {
    }
}
