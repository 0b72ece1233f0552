using Microsoft.Extensions.AI;

namespace AutoMix;

/// <summary>One verdict about one answer, with its bill.</summary>
public sealed record AttemptVerdict
{
    /// <summary>Creates the verdict of a check or verifier that made no call.</summary>
    internal AttemptVerdict(string verifier, Verdict verdict)
    {
        Verifier = verifier;
        Verdict = verdict;
        IsFree = true;
    }

    /// <summary>Creates the verdict of a paid verifier.</summary>
    internal AttemptVerdict(string verifier, Verdict verdict, int calls, UsageDetails? usage, Spend spend)
    {
        Verifier = verifier;
        Verdict = verdict;
        Calls = calls;
        Usage = usage;
        Spend = spend;
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

    /// <summary>The bill of those calls.</summary>
    public Spend Spend { get; }

    /// <summary>The dollars of <see cref="Spend"/>.</summary>
    public decimal Cost => Spend.Dollars;
}
