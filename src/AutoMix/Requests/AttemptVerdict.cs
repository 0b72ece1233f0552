using Microsoft.Extensions.AI;

namespace AutoMix;

/// <summary>One verdict about one answer, with what it cost.</summary>
public sealed record AttemptVerdict
{
    internal AttemptVerdict(string verifier, Verdict verdict, bool isFree, int calls, UsageDetails? usage, decimal cost, bool costIsEstimated)
    {
        Verifier = verifier;
        Verdict = verdict;
        IsFree = isFree;
        Calls = calls;
        Usage = usage;
        Cost = cost;
        CostIsEstimated = costIsEstimated;
    }

    /// <summary>The verifier's name, or the name of a built-in check.</summary>
    public string Verifier { get; }

    /// <summary>What it said.</summary>
    public Verdict Verdict { get; }

    /// <summary>Whether it made no call.</summary>
    public bool IsFree { get; }

    /// <summary>The model calls it made.</summary>
    public int Calls { get; }

    /// <summary>The tokens of those calls; null where there were none.</summary>
    public UsageDetails? Usage { get; }

    /// <summary>Their dollars.</summary>
    public decimal Cost { get; }

    /// <summary>Whether some of the dollars are an estimate, because no usage came back.</summary>
    public bool CostIsEstimated { get; }

    /// <summary>Whether some calls are not in <see cref="Cost"/>, because the model that was asked has no declared price.</summary>
    public bool CostIsIncomplete { get; internal init; }
}
