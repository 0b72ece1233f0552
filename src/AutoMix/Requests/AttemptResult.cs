using Microsoft.Extensions.AI;

namespace AutoMix;

/// <summary>The result of one call that answers. It never changes; an attempt gets another one instead.</summary>
internal sealed record AttemptResult
{
    /// <summary>The result of a call that still runs.</summary>
    public static AttemptResult Running { get; } = new();

    public AttemptStatus Status { get; init; }

    public AnswerKind Kind { get; init; }

    public ChatResponse? Response { get; init; }

    /// <summary>The updates of a stream, for a replay.</summary>
    public IReadOnlyList<ChatResponseUpdate>? Updates { get; init; }

    public string? Rejection { get; init; }

    public FailureKind? Failure { get; init; }

    public Exception? Error { get; init; }

    public UsageDetails? Usage { get; init; }

    public Spend Spend { get; init; }

    public TimeSpan Duration { get; init; }

    public RoutingAttempt? AgreesWith { get; init; }

    public bool CanVerify { get; init; }
}
