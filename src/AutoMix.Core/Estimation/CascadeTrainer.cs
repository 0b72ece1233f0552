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
        CascadeFitOptions best = candidates[0];
        IReadOnlyList<OperatingPoint> points = [];
        double highest = double.NegativeInfinity;
        foreach (CascadeFitOptions candidate in candidates)
        {
            IReadOnlyList<OperatingPoint> heldOut = CrossValidation.HeldOut(
                table, objectives, (rows, weights) => CascadeModel.Fit(CascadeCounts.From(rows), candidate).Solve(weights));
            double value = heldOut.Average(point => point.Accuracy - (point.CostWeight * point.CostPerQuery));
            if (value > highest)
            {
                highest = value;
                best = candidate;
                points = heldOut;
            }
        }

        return CascadeModel.Fit(CascadeCounts.From(table), best).With(new CascadeCurve(points, CrossValidation.Singles(table)));
    }
}
