using System.Globalization;
using System.Text.Json.Serialization;
using Microsoft.Extensions.AI;

namespace AutoMix;

/// <summary>The record of a request: models, verdicts, costs and reasons.</summary>
/// <remarks>
/// <para>Every response carries its record: read it with <c>response.GetRoutingRecord()</c>. It holds no text of the request or of any answer.</para>
/// <para>Two records are equal if their data are equal, lists item by item: a record that was read back from a cache equals the
/// record that was put there.</para>
/// </remarks>
public sealed record RoutingRecord
{
    private readonly Uncompared<bool> _isFromCache;

    /// <summary>The name of the policy that decided.</summary>
    [JsonInclude]
    public string Policy { get; internal init; } = "";

    /// <summary>The fingerprint of the pipeline that answered: its policy, models, prices and verifiers.</summary>
    [JsonInclude]
    public string Fingerprint { get; internal init; } = "";

    /// <summary>Whether the policy's numbers were learned from data.</summary>
    [JsonInclude]
    public bool IsCalibrated { get; internal init; }

    /// <summary>The outcome of the request.</summary>
    [JsonInclude]
    public RoutingOutcome Outcome { get; internal init; }

    /// <summary>The reason of the outcome; null if there is none.</summary>
    [JsonInclude]
    public string? Reason { get; internal init; }

    /// <summary>The first limit that was reached; null if there was none.</summary>
    [JsonInclude]
    public LimitKind? Limit { get; internal init; }

    /// <summary>The name of the model whose answer was returned; null if no answer was.</summary>
    [JsonInclude]
    public string? Model { get; internal init; }

    /// <summary>The index in <see cref="Attempts"/> of the answer that was returned; null if no answer was.</summary>
    [JsonInclude]
    public int? AnsweredBy { get; internal init; }

    /// <summary>The calls to models for answers, in order, failed calls included.</summary>
    [JsonInclude]
    public IReadOnlyList<AttemptRecord> Attempts { get; internal init => field = Values<AttemptRecord>.Of(value); } = Values<AttemptRecord>.None;

    /// <summary>The decisions, in order.</summary>
    [JsonInclude]
    public IReadOnlyList<DecisionRecord> Decisions { get; internal init => field = Values<DecisionRecord>.Of(value); } = Values<DecisionRecord>.None;

    /// <summary>The models that were not available to the policy.</summary>
    [JsonInclude]
    public IReadOnlyList<SkippedModel> Skipped { get; internal init => field = Values<SkippedModel>.Of(value); } = Values<SkippedModel>.None;

    /// <summary>The policy's last belief that each model answers acceptably, in the order of the models; null if it holds no belief.</summary>
    [JsonInclude]
    public IReadOnlyList<double>? Beliefs { get; internal init => field = value is null ? null : Values<double>.Of(value); }

    /// <summary>The bill of all calls, verification and failed calls included.</summary>
    [JsonInclude]
    public Spend Spend { get; internal init; }

    /// <summary>The dollars of <see cref="Spend"/>.</summary>
    [JsonIgnore]
    public decimal Cost => Spend.Dollars;

    /// <summary>The embedding of the question, for a policy that looks at it; null if none was computed.</summary>
    [JsonInclude]
    public EmbeddingRecord? Embedding { get; internal init; }

    /// <summary>
    /// The id by which the outcome can be reported: the caller's (<see cref="RequestTags.RequestId"/>), or a new one. Null if the
    /// pipeline does not learn.
    /// </summary>
    [JsonInclude]
    public string? RequestId { get; internal init; }

    /// <summary>The part of the request in a rollout; null if the policy answers all requests.</summary>
    [JsonInclude]
    public RolloutRecord? Rollout { get; internal init; }

    /// <summary>The time from the request to its end.</summary>
    [JsonInclude]
    public TimeSpan Duration { get; internal init; }

    /// <summary>Whether the response was read back from a cache, so that nothing was called or paid for.</summary>
    [JsonIgnore]
    public bool IsFromCache
    {
        get => _isFromCache.Value;
        internal init => _isFromCache = new(value);
    }

    /// <summary>Describes the request in one line for a log or a debugger: outcome, model, dollars, calls with their verdicts, reason.</summary>
    public override string ToString()
    {
        string limit = Limit is { } reached ? $" ({reached})" : "";
        string calls = Attempts.Count == 0 ? "no calls" : string.Join("; ", Attempts);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{Outcome}{limit}: {Model ?? "no answer"}, {Spend} in {Duration.TotalSeconds:0.###} s [{calls}]{(Reason is null ? "" : $" ({Reason})")}");
    }

    /// <summary>Sums the reported tokens of all calls; null if none were reported.</summary>
    internal UsageDetails? TotalUsage()
    {
        long input = 0;
        long output = 0;
        foreach (AttemptRecord attempt in Attempts)
        {
            input += (attempt.InputTokens ?? 0) + attempt.Verdicts.Sum(v => v.InputTokens);
            output += (attempt.OutputTokens ?? 0) + attempt.Verdicts.Sum(v => v.OutputTokens);
        }

        return input + output == 0 ? null : new() { InputTokenCount = input, OutputTokenCount = output, TotalTokenCount = input + output };
    }
}
