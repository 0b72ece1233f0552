namespace AutoMix.Tool.Evaluate;

/// <summary>What <c>automix evaluate --json</c> prints. Relative figures are against the best single model on the test set, unverified.</summary>
internal sealed record EvaluationReport
{
    public required string Policy { get; init; }

    public required BestModel Best { get; init; }

    public required TestResult Test { get; init; }

    /// <summary>Null where no model answers anything correctly.</summary>
    public required double? RelativeAccuracy { get; init; }

    public required double? RelativeCost { get; init; }

    /// <summary>Against the line from the cheapest to the best single model; null where the policy costs no more than the cheapest.</summary>
    public required double? IbcLift { get; init; }

    public required double? Aiq { get; init; }

    public required double MaxAccuracy { get; init; }

    public required IReadOnlyList<OperatingPoint> Curve { get; init; }

    public required double FitSeconds { get; init; }

    public required double DecisionsPerSecond { get; init; }

    internal sealed record BestModel(string Model, double Accuracy, double CostPerQuery);

    internal sealed record TestResult(int Queries, double Accuracy, double CostPerQuery);
}
