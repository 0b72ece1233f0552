using System.Text.Json.Serialization;

namespace AutoMix;

/// <summary>A call to a model for an answer, in a <see cref="RoutingRecord"/>.</summary>
public sealed record AttemptRecord
{
    /// <summary>The name of the model.</summary>
    [JsonInclude]
    public string Model { get; internal init; } = "";

    /// <summary>The status of the call.</summary>
    [JsonInclude]
    public AttemptStatus Status { get; internal init; }

    /// <summary>The kind of the answer.</summary>
    [JsonInclude]
    public AnswerKind Kind { get; internal init; }

    /// <summary>Whether the policy had promised to accept the answer.</summary>
    [JsonInclude]
    public bool IsFinal { get; internal init; }

    /// <summary>The reason why the answer is rejected or unusable; null otherwise.</summary>
    [JsonInclude]
    public string? Rejection { get; internal init; }

    /// <summary>The kind of failure; null if the call did not fail.</summary>
    [JsonInclude]
    public FailureKind? Failure { get; internal init; }

    /// <summary>The type of the exception of a failed call. Its message may hold text of the request, so it is not kept.</summary>
    [JsonInclude]
    public string? Error { get; internal init; }

    /// <summary>The confidence that the answer is correct, in [0, 1]; null if nothing is known.</summary>
    [JsonInclude]
    public double? Confidence { get; internal init; }

    /// <summary>The index of the earliest attempt that gave the same answer; null if there is none.</summary>
    [JsonInclude]
    public int? AgreesWith { get; internal init; }

    /// <summary>All verdicts about the answer, in order.</summary>
    [JsonInclude]
    public IReadOnlyList<VerdictRecord> Verdicts { get; internal init => field = Values<VerdictRecord>.Of(value); } = Values<VerdictRecord>.None;

    /// <summary>The input tokens of the call; null if not reported.</summary>
    [JsonInclude]
    public long? InputTokens { get; internal init; }

    /// <summary>The input tokens that the provider read from its prompt cache; null if not reported.</summary>
    [JsonInclude]
    public long? CachedInputTokens { get; internal init; }

    /// <summary>The output tokens of the call; null if not reported.</summary>
    [JsonInclude]
    public long? OutputTokens { get; internal init; }

    /// <summary>The bill of the call itself, without verification.</summary>
    [JsonInclude]
    public Spend Spend { get; internal init; }

    /// <summary>The dollars of <see cref="Spend"/>.</summary>
    [JsonIgnore]
    public decimal Cost => Spend.Dollars;

    /// <summary>The duration of the call.</summary>
    [JsonInclude]
    public TimeSpan Duration { get; internal init; }

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
