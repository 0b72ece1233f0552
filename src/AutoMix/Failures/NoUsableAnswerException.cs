using Microsoft.Extensions.AI;

namespace AutoMix;

/// <summary>No model gave an answer that can be returned.</summary>
public sealed class NoUsableAnswerException : AutoMixException
{
    /// <summary>Creates the exception. The pipeline does so, and tests of exception handlers may.</summary>
    /// <param name="message">The cause and the remedy.</param>
    /// <param name="record">The record of the request.</param>
    /// <param name="attempts">All calls, in order.</param>
    /// <param name="bestAnswer">The best complete answer that was paid for; null if there is none.</param>
    /// <param name="innerException">The first exception of a call; null if there was none.</param>
    public NoUsableAnswerException(string message, RoutingRecord record, IReadOnlyList<RoutingAttempt> attempts, ChatResponse? bestAnswer, Exception? innerException)
        : base(message, record, attempts, bestAnswer, innerException)
    {
    }
}
