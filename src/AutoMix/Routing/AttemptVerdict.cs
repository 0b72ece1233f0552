using Microsoft.Extensions.AI;

namespace AutoMix;

/// <summary>One verdict about one answer, with what it cost.</summary>
/// <param name="Verifier">The verifier's name, or the name of a built-in check.</param>
/// <param name="Verdict">What it said.</param>
/// <param name="IsFree">Whether it made no call.</param>
/// <param name="Calls">The model calls it made.</param>
/// <param name="Usage">The tokens of those calls; null where there were none.</param>
/// <param name="Cost">Their dollars.</param>
/// <param name="CostIsEstimated">Whether some of the dollars are an estimate, because no usage came back.</param>
public sealed record AttemptVerdict(
    string Verifier,
    Verdict Verdict,
    bool IsFree,
    int Calls,
    UsageDetails? Usage,
    decimal Cost,
    bool CostIsEstimated)
{
    /// <summary>Whether some calls are not in <see cref="Cost"/>, because the model that was asked has no declared price.</summary>
    public bool CostIsIncomplete { get; init; }
}
