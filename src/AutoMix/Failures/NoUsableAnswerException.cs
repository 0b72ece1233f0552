using Microsoft.Extensions.AI;

namespace AutoMix;

/// <summary>No model gave an answer that can be returned.</summary>
public sealed class NoUsableAnswerException : AutoMixException
{
    internal NoUsableAnswerException(string message, Exception? innerException, RoutingRecord record, IReadOnlyList<RoutingAttempt> attempts, ChatResponse? bestAnswer)
        : base(message, innerException, record, attempts, bestAnswer)
    {
    }
}
