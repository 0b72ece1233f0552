using System.Globalization;
using System.Text.Json.Serialization;
using Microsoft.Extensions.AI;

namespace AutoMix;

/// <summary>One verdict about one answer, with the verifier's name and the bill.</summary>
public sealed record VerdictRecord
{
    private readonly Uncompared<UsageDetails?> _usage;

    /// <summary>An empty verdict.</summary>
    public VerdictRecord()
    {
    }

    /// <summary>Creates the verdict of a check or verifier that made no call.</summary>
    internal VerdictRecord(string verifier, Verdict verdict)
    {
        Verifier = verifier;
        (Kind, Confidence, Reason) = (verdict.Kind, verdict.Confidence, verdict.Reason);
        IsFree = true;
    }

    /// <summary>Creates the verdict of a paid verifier.</summary>
    internal VerdictRecord(string verifier, Verdict verdict, int calls, UsageDetails? usage, Spend spend)
        : this(verifier, verdict)
    {
        IsFree = false;
        (Calls, _usage, Spend) = (calls, new(usage), spend);
        (InputTokens, OutputTokens) = (usage?.InputTokenCount ?? 0, usage?.OutputTokenCount ?? 0);
    }

    /// <summary>The verifier's name, or the name of a built-in check.</summary>
    [JsonInclude]
    public string Verifier { get; internal init; } = "";

    /// <summary>The kind of the verdict.</summary>
    [JsonInclude]
    public VerdictKind Kind { get; internal init; }

    /// <summary>The confidence in [0, 1] that the answer is acceptable; 0 for a rejection, null if unknown or if a rule merely holds.</summary>
    [JsonInclude]
    public double? Confidence { get; internal init; }

    /// <summary>The reason of an unknown verdict or a rejection, or a note.</summary>
    [JsonInclude]
    public string? Reason { get; internal init; }

    /// <summary>Whether the verifier made no call.</summary>
    [JsonInclude]
    public bool IsFree { get; internal init; }

    /// <summary>The number of model calls.</summary>
    [JsonInclude]
    public int Calls { get; internal init; }

    /// <summary>Input tokens of those calls.</summary>
    [JsonInclude]
    public long InputTokens { get; internal init; }

    /// <summary>Output tokens of those calls.</summary>
    [JsonInclude]
    public long OutputTokens { get; internal init; }

    /// <summary>The bill of those calls.</summary>
    [JsonInclude]
    public Spend Spend { get; internal init; }

    /// <summary>The dollars of <see cref="Spend"/>.</summary>
    [JsonIgnore]
    public decimal Cost => Spend.Dollars;

    /// <summary>All tokens of those calls, by kind; null if none were reported, and in a record that was read back.</summary>
    internal UsageDetails? Usage => _usage.Value;

    /// <summary>Describes the verdict in a few words: the verifier, the verdict, and the bill of a paid one.</summary>
    public override string ToString()
    {
        string said = Confidence is { } confidence ? confidence.ToString("0.##", CultureInfo.InvariantCulture) : Kind.ToString();
        return $"{Verifier} {said}{(Reason is null ? "" : $" ({Reason})")}{(IsFree ? "" : $" for {Spend}")}";
    }
}
