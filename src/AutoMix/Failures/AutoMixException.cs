using Microsoft.Extensions.AI;

namespace AutoMix;

/// <summary>The base of the exceptions that a request can end with. It carries all calls that were made and paid for.</summary>
public abstract class AutoMixException : Exception
{
    private protected AutoMixException(string message, RoutingRecord record, IReadOnlyList<RoutingAttempt> attempts, ChatResponse? bestAnswer, Exception? innerException)
        : base(message, innerException)
    {
        ArgumentNullException.ThrowIfNull(record);
        ArgumentNullException.ThrowIfNull(attempts);
        Record = record;
        Attempts = attempts;
        BestAnswer = bestAnswer;
    }

    /// <summary>The record of the request, with its costs.</summary>
    public RoutingRecord Record { get; }

    /// <summary>All calls, in order, each with its own exception or answer.</summary>
    public IReadOnlyList<RoutingAttempt> Attempts { get; }

    /// <summary>The best complete answer that was paid for; null if there is none.</summary>
    public ChatResponse? BestAnswer { get; }
}
