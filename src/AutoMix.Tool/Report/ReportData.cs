using AutoMix.Statistics;

namespace AutoMix.Tool.Report;

/// <summary>Everything that the report shows, as numbers and texts; also what <c>automix report --json</c> prints.</summary>
internal sealed record ReportData
{
    public required string Plan { get; init; }

    public required string Policy { get; init; }

    public required string Traces { get; init; }

    public required int Queries { get; init; }

    public required string BestModel { get; init; }

    public required MetricEstimate Accuracy { get; init; }

    /// <summary>Dollars per query.</summary>
    public required MetricEstimate Cost { get; init; }

    public required double BestAccuracy { get; init; }

    public required double BestCost { get; init; }

    public required MetricEstimate? RelativeAccuracy { get; init; }

    public required MetricEstimate? RelativeCost { get; init; }

    public required IReadOnlyList<ModelPoint> Models { get; init; }

    /// <summary>Upper hull of the single models: what a coin between them reaches.</summary>
    public required IReadOnlyList<Point> Mixtures { get; init; }

    public required IReadOnlyList<CalibrationCurve> Calibration { get; init; }

    public required IReadOnlyList<Flow> Flows { get; init; }

    /// <summary>Queries that the best model got right and the plan did not; the dearest mistakes to read.</summary>
    public required IReadOnlyList<Regression> Regressions { get; init; }

    public required int RegressionCount { get; init; }

    /// <summary>Queries that the plan got right and the best model did not.</summary>
    public required int ImprovementCount { get; init; }

    internal readonly record struct Point(double Cost, double Accuracy);

    /// <param name="Model">Its name.</param>
    /// <param name="Accuracy">Alone, unverified.</param>
    /// <param name="CostPerQuery">Dollars.</param>
    /// <param name="CalledShare">Share of queries for which the plan calls it.</param>
    /// <param name="AnsweredShare">Share of queries whose answer is its.</param>
    internal sealed record ModelPoint(string Model, double Accuracy, double CostPerQuery, double CalledShare, double AnsweredShare);

    /// <param name="Model">Whose answers are verified.</param>
    /// <param name="Bins">Mean confidence, share correct and number of answers per bin.</param>
    internal sealed record CalibrationCurve(string Model, IReadOnlyList<Bin> Bins);

    internal readonly record struct Bin(double Confidence, double Correct, int Count);

    /// <param name="From">The model called, or "start".</param>
    /// <param name="To">The model called next, or "answer".</param>
    /// <param name="Count">Queries that go this way.</param>
    internal sealed record Flow(string From, string To, int Count);

    internal sealed record Regression(string Id, string Prompt, string Model, string Answer, string BestAnswer, double Dollars);
}
