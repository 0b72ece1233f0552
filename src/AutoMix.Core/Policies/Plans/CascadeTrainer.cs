using AutoMix.Evaluation;

namespace AutoMix;

/// <summary>Fits a <see cref="CascadeModel"/> on traces, and measures its plans on queries that are held out from the fit.</summary>
/// <remarks>
/// If no options are given, cross-validation chooses them: the candidate whose plans have the highest mean value over all cost
/// weights. The model is then fitted on all traces.
/// </remarks>
public static class CascadeTrainer
{
    // Neighbouring weights whose held-out accuracies lie further apart than this share of the best model's get weights between them:
    // a goal in between would otherwise be served by the dearer neighbour.
    private const double WidestStep = 0.02;
    private const int WeightsBetween = 3;

    /// <summary>Fits a model on traces.</summary>
    /// <param name="traces">At least one labelled record, all with the same models, cheapest first.</param>
    /// <param name="options">How to estimate; chosen by cross-validation if null.</param>
    /// <exception cref="ArgumentException">There is no record, or the models differ.</exception>
    public static CascadeModel Fit(IEnumerable<TraceRecord> traces, CascadeFitOptions? options = null) => Fit(TraceTable.From(traces), options);

    /// <inheritdoc cref="Fit(IEnumerable{TraceRecord}, CascadeFitOptions?)"/>
    public static CascadeModel Fit(TraceTable traces, CascadeFitOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(traces);
        options?.Check();
        return Train(traces, options is null ? CascadeFitOptions.Candidates : [options]);
    }

    private static CascadeModel Train(TraceTable table, IReadOnlyList<CascadeFitOptions> candidates)
    {
        IReadOnlyList<CascadeObjective> objectives = CrossValidation.Objectives(table);
        CascadeFitOptions best = candidates.Count == 1 ? candidates[0] : MostValuable(table, candidates, objectives);
        return CascadeModel.Fit(CascadeCounts.From(table), best)
            .With(new CascadeCurve(Refined(table, HeldOut(table, objectives, best), best), CrossValidation.Singles(table)));
    }

    private static IEnumerable<OperatingPoint> Refined(TraceTable table, IReadOnlyList<OperatingPoint> points, CascadeFitOptions options)
    {
        double widest = WidestStep * CrossValidation.Singles(table).Max(single => single.Accuracy);
        CascadeObjective[] between = [.. Enumerable.Range(1, points.Count - 1)
            .Where(i => points[i - 1].CostWeight > 0 && Math.Abs(points[i].Accuracy - points[i - 1].Accuracy) > widest)
            .SelectMany(i => Between(points[i - 1].CostWeight, points[i].CostWeight))];
        return between.Length == 0 ? points : points.Concat(HeldOut(table, between, options));
    }

    private static IEnumerable<CascadeObjective> Between(double low, double high) =>
        Enumerable.Range(1, WeightsBetween).Select(step => new CascadeObjective(low * Math.Pow(high / low, step / (WeightsBetween + 1.0))));

    private static CascadeFitOptions MostValuable(TraceTable table, IReadOnlyList<CascadeFitOptions> candidates, IReadOnlyList<CascadeObjective> objectives) =>
        candidates.MaxBy(candidate => HeldOut(table, objectives, candidate).Average(point => point.Accuracy - (point.CostWeight * point.CostPerQuery)))!;

    private static IReadOnlyList<OperatingPoint> HeldOut(TraceTable table, IReadOnlyList<CascadeObjective> objectives, CascadeFitOptions options) =>
        CrossValidation.HeldOut(table, objectives, (rows, weights) => CascadeModel.Fit(CascadeCounts.From(rows), options).Solve(weights));
}
