using AutoMix.Statistics;

namespace AutoMix.Tool.Compare;

/// <summary>Two policies on the same queries. Ratios are second to first; intervals are paired.</summary>
internal sealed record CompareReport
{
    public required int Queries { get; init; }

    public required Side First { get; init; }

    public required Side Second { get; init; }

    public required MetricEstimate? AccuracyRatio { get; init; }

    public required MetricEstimate? CostRatio { get; init; }

    /// <summary>Queries that only the first, and only the second, got right (quality at least one half).</summary>
    public required int OnlyFirst { get; init; }

    public required int OnlySecond { get; init; }

    /// <summary>Probability that the right answers split so unevenly by chance (exact sign test, two-sided).</summary>
    public required double PValue { get; init; }

    /// <summary>Share of queries on which both return the same model's answer.</summary>
    public required double SameModel { get; init; }

    internal sealed record Side(string Plan, string Policy, MetricEstimate Accuracy, MetricEstimate Cost, IReadOnlyDictionary<string, double> AcceptedShare);
}
