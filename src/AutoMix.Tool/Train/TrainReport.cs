using AutoMix.Statistics;

namespace AutoMix.Tool.Train;

/// <summary>What <c>automix train</c> found. Held-out figures are of queries that the fit did not see, the goal's operating point included.</summary>
internal sealed record TrainReport
{
    public required string Policy { get; init; }

    public required string Plan { get; init; }

    public required int Queries { get; init; }

    public required IReadOnlyList<ModelSummary> Models { get; init; }

    public required string BestModel { get; init; }

    public required MetricEstimate Accuracy { get; init; }

    /// <summary>Dollars per query.</summary>
    public required MetricEstimate Cost { get; init; }

    /// <summary>Against the best single model; null where that one answers nothing correctly.</summary>
    public required MetricEstimate? RelativeAccuracy { get; init; }

    /// <summary>Against the best single model; null where that one costs nothing.</summary>
    public required MetricEstimate? RelativeCost { get; init; }

    public required IReadOnlyList<string> Warnings { get; init; }

    internal sealed record ModelSummary(string Model, double Accuracy, double CostPerQuery, SignalWorth? Verifier, double? Auroc, double? AurocLow, double? AurocHigh);
}
