using System.Text.Json.Serialization;

namespace AutoMix;

/// <summary>One call that answers, in a <see cref="RoutingRecord"/>.</summary>
public sealed record AttemptRecord
{
    /// <summary>The name of the model.</summary>
    public string Model { get; init; } = "";

    /// <summary>What became of it.</summary>
    public AttemptStatus Status { get; init; }

    /// <summary>What kind of answer it is.</summary>
    public AnswerKind Kind { get; init; }

    /// <summary>Whether the policy had promised to accept the answer.</summary>
    public bool IsFinal { get; init; }

    /// <summary>Why the answer is rejected or unusable; null otherwise.</summary>
    public string? Rejection { get; init; }

    /// <summary>Why the call failed; null where it did not.</summary>
    public FailureKind? Failure { get; init; }

    /// <summary>The type of the exception of a failed call. Its message may hold text of the request, so it is not kept.</summary>
    public string? Error { get; init; }

    /// <summary>What is known of the answer's correctness, in [0, 1]; null where nothing is known.</summary>
    public double? Confidence { get; init; }

    /// <summary>The index of the earliest attempt that gave the same answer; null where none did.</summary>
    public int? AgreesWith { get; init; }

    /// <summary>All verdicts about the answer, in order.</summary>
    public IReadOnlyList<VerdictRecord> Verdicts { get; init => field = Values<VerdictRecord>.Of(value); } = Values<VerdictRecord>.None;

    /// <summary>Input tokens of the call; null where not reported.</summary>
    public long? InputTokens { get; init; }

    /// <summary>Input tokens that the provider read from its prompt cache; null where not reported.</summary>
    public long? CachedInputTokens { get; init; }

    /// <summary>Output tokens of the call; null where not reported.</summary>
    public long? OutputTokens { get; init; }

    /// <summary>The bill of the call itself, without verification.</summary>
    public Spend Spend { get; init; }

    /// <summary>The dollars of <see cref="Spend"/>.</summary>
    [JsonIgnore]
    public decimal Cost => Spend.Dollars;

    /// <summary>How long the call took.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>One line: the model, what became of its answer, the dollars, and the verdicts.</summary>
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
