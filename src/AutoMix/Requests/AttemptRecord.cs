using System.Text.Json.Serialization;

namespace AutoMix;

/// <summary>A call to a model for an answer, in a <see cref="RoutingRecord"/>.</summary>
public sealed record AttemptRecord
{
    /// <summary>The name of the model.</summary>
    public string Model { get; init; } = "";

    /// <summary>The status of the call.</summary>
    public AttemptStatus Status { get; init; }

    /// <summary>The kind of the answer.</summary>
    public AnswerKind Kind { get; init; }

    /// <summary>Whether the policy had promised to accept the answer.</summary>
    public bool IsFinal { get; init; }

    /// <summary>The reason why the answer is rejected or unusable; null otherwise.</summary>
    public string? Rejection { get; init; }

    /// <summary>The kind of failure; null if the call did not fail.</summary>
    public FailureKind? Failure { get; init; }

    /// <summary>The type of the exception of a failed call. Its message may hold text of the request, so it is not kept.</summary>
    public string? Error { get; init; }

    /// <summary>The confidence that the answer is correct, in [0, 1]; null if nothing is known.</summary>
    public double? Confidence { get; init; }

    /// <summary>The index of the earliest attempt that gave the same answer; null if there is none.</summary>
    public int? AgreesWith { get; init; }

    /// <summary>All verdicts about the answer, in order.</summary>
    public IReadOnlyList<VerdictRecord> Verdicts { get; init => field = Values<VerdictRecord>.Of(value); } = Values<VerdictRecord>.None;

    /// <summary>The input tokens of the call; null if not reported.</summary>
    public long? InputTokens { get; init; }

    /// <summary>The input tokens that the provider read from its prompt cache; null if not reported.</summary>
    public long? CachedInputTokens { get; init; }

    /// <summary>The output tokens of the call; null if not reported.</summary>
    public long? OutputTokens { get; init; }

    /// <summary>The bill of the call itself, without verification.</summary>
    public Spend Spend { get; init; }

    /// <summary>The dollars of <see cref="Spend"/>.</summary>
    [JsonIgnore]
    public decimal Cost => Spend.Dollars;

    /// <summary>The duration of the call.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>Describes the call in one line: the model, the status, the dollars and the verdicts.</summary>
    public override string ToString()
    {
        string? why = Rejection ?? (Failure is { } failure ? Error is null ? failure.ToString() : $"{failure}, {Error}" : null);
        return $"{Model}: {Status}{(why is null ? "" : $" ({why})")}, {Spend}{string.Concat(Verdicts.Select(v => $", {v}"))}";
    }

    internal static AttemptRecord Of(RoutingAttempt attempt) => new()
    {
        Model = attempt.ModelName,
        Status = attempt.Status,
        Kind = attempt.Kind,
        IsFinal = attempt.IsFinal,
        Rejection = attempt.Rejection,
        Failure = attempt.Failure,
        Error = attempt.Error?.GetType().Name,
        Confidence = attempt.Confidence,
        AgreesWith = attempt.AgreesWith?.Index,
        Verdicts = attempt.Verdicts.Count == 0 ? [] : [.. attempt.Verdicts],
        InputTokens = attempt.Usage?.InputTokenCount,
        CachedInputTokens = attempt.Usage?.CachedInputTokenCount,
        OutputTokens = attempt.Usage?.OutputTokenCount,
        Spend = attempt.Spend,
        Duration = attempt.Duration,
    };
}
