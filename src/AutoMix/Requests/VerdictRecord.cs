using System.Globalization;
using System.Text.Json.Serialization;

namespace AutoMix;

/// <summary>One verdict about one answer, in a <see cref="RoutingRecord"/>.</summary>
public sealed record VerdictRecord
{
    /// <summary>The verifier's name, or the name of a built-in check.</summary>
    public string Verifier { get; init; } = "";

    /// <summary>What it said.</summary>
    public VerdictKind Kind { get; init; }

    /// <summary>The confidence in [0, 1]; null where unknown.</summary>
    public double? Confidence { get; init; }

    /// <summary>Why it is unknown or rejected.</summary>
    public string? Reason { get; init; }

    /// <summary>Whether it made no call.</summary>
    public bool IsFree { get; init; }

    /// <summary>The model calls it made.</summary>
    public int Calls { get; init; }

    /// <summary>Input tokens of those calls.</summary>
    public long InputTokens { get; init; }

    /// <summary>Output tokens of those calls.</summary>
    public long OutputTokens { get; init; }

    /// <summary>The bill of those calls.</summary>
    public Spend Spend { get; init; }

    /// <summary>The dollars of <see cref="Spend"/>.</summary>
    [JsonIgnore]
    public decimal Cost => Spend.Dollars;

    /// <summary>In a few words: the verifier, what it said, and the dollars where it was paid.</summary>
    public override string ToString()
    {
        string said = Confidence is { } confidence ? confidence.ToString("0.##", CultureInfo.InvariantCulture) : Kind.ToString();
        return $"{Verifier} {said}{(Reason is null ? "" : $" ({Reason})")}{(IsFree ? "" : $" for {Spend}")}";
    }

    internal static VerdictRecord Of(AttemptVerdict verdict) => new()
    {
        Verifier = verdict.Verifier,
        Kind = verdict.Verdict.Kind,
        Confidence = verdict.Verdict.Confidence,
        Reason = verdict.Verdict.Reason,
        IsFree = verdict.IsFree,
        Calls = verdict.Calls,
        InputTokens = verdict.Usage?.InputTokenCount ?? 0,
        OutputTokens = verdict.Usage?.OutputTokenCount ?? 0,
        Spend = verdict.Spend,
    };
}
