namespace AutoMix.Estimation;

/// <summary>
/// Chooses how to estimate by cross-validation, then fits on everything: the candidate whose plans give the highest mean
/// value over all cost weights on held-out queries, together with its held-out operating points.
/// </summary>
internal static class CascadeTrainer
{
    public static CascadeModel Train(TraceTable table, IReadOnlyList<CascadeFitOptions> candidates)
    {
        IReadOnlyList<CascadeObjective> objectives = CrossValidation.Objectives(table);
        CascadeFitOptions best = candidates.Count == 1 ? candidates[0] : MostValuable(table, candidates, objectives);
        return CascadeModel.Fit(CascadeCounts.From(table), best)
            .With(new CascadeCurve(HeldOut(table, objectives, best), CrossValidation.Singles(table)));
    }

    private static CascadeFitOptions MostValuable(TraceTable table, IReadOnlyList<CascadeFitOptions> candidates, IReadOnlyList<CascadeObjective> objectives) =>
        candidates.MaxBy(candidate => HeldOut(table, objectives, candidate).Average(point => point.Accuracy - (point.CostWeight * point.CostPerQuery)))!;

    private static IReadOnlyList<OperatingPoint> HeldOut(TraceTable table, IReadOnlyList<CascadeObjective> objectives, CascadeFitOptions options) =>
        CrossValidation.HeldOut(table, objectives, (rows, weights) => CascadeModel.Fit(CascadeCounts.From(rows), options).Solve(weights));
}
