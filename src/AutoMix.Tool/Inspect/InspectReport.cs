namespace AutoMix.Tool.Inspect;

/// <summary>What is in a plan file or a trace file; one of the two is null.</summary>
internal sealed record InspectReport
{
    public required string File { get; init; }

    public PlanSummary? Plan { get; init; }

    public TracesSummary? Traces { get; init; }

    /// <param name="Policy">Its key.</param>
    /// <param name="Models">Cheapest first.</param>
    /// <param name="Needs">What it reads of a query beyond answers and confidences.</param>
    /// <param name="Accuracies">What it believes of each model before anything is observed; null where it holds no belief.</param>
    /// <param name="FirstAction">What it does with a query of which nothing is known.</param>
    /// <param name="Parts">For a mixture, its two policies and the share of queries each decides.</param>
    /// <param name="ExpectedAccuracy">Measured on held-out queries when it was trained; null where that is not kept.</param>
    /// <param name="ExpectedCostPerQuery">Dollars.</param>
    internal sealed record PlanSummary(
        string Policy,
        IReadOnlyList<string> Models,
        string Needs,
        IReadOnlyDictionary<string, double>? Accuracies,
        string FirstAction,
        IReadOnlyList<string> Parts,
        double? ExpectedAccuracy,
        double? ExpectedCostPerQuery);

    /// <param name="Queries">Number of records.</param>
    /// <param name="Models">One line each.</param>
    internal sealed record TracesSummary(int Queries, IReadOnlyList<ModelLine> Models);

    /// <param name="Model">Its name.</param>
    /// <param name="Accuracy">Mean quality.</param>
    /// <param name="CostPerQuery">Dollars for an answer.</param>
    /// <param name="VerifyCostPerQuery">Dollars for verifying it.</param>
    /// <param name="Verification">How answers come by their confidences.</param>
    /// <param name="Unknown">Share of answers without a confidence.</param>
    /// <param name="SecondsPerQuery">Mean latency.</param>
    internal sealed record ModelLine(string Model, double Accuracy, double CostPerQuery, double VerifyCostPerQuery, VerificationKind Verification, double Unknown, double SecondsPerQuery);
}
