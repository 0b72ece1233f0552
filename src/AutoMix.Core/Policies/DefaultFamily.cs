using AutoMix.Estimation;
using AutoMix.Metrics;

namespace AutoMix.Policies;

/// <summary>
/// The default: POMDP plans that believe agreement not at all, somewhat or in full (each also by what the query looks like, where
/// embeddings tell its difficulty), tuned threshold chains, single models, and mixtures of two on the convex hull of their
/// held-out operating points; see <see cref="SelectedFrontier"/>.
/// </summary>
internal static class DefaultFamily
{
    private static readonly CascadeFitOptions[] Plans =
    [
        new() { AgreementTemper = 0, Bins = 10 },
        new() { AgreementTemper = 0.3 },
        new() { AgreementTemper = 1 },
    ];

    public static TrainedFamily Train(TraceTable table)
    {
        IReadOnlyList<CascadeObjective> objectives = CrossValidation.Objectives(table);
        List<SelectedFrontier.Candidate> candidates = Singles(table);
        foreach (CascadeFitOptions options in Plans)
        {
            bool context = DifficultyShift.Fit(table, CascadeModel.Fit(CascadeCounts.From(table), options)) is not null;
            Add((rows, weights) =>
            {
                CascadeModel model = CascadeModel.Fit(CascadeCounts.From(rows), options);
                IReadOnlyList<CascadePlan> plans = model.Solve(weights);
                return context ? [.. plans, .. ContextualPlan.Fit(rows, model, plans)] : plans;
            });
        }

        Add(ThresholdPolicy.FitAll);
        IReadOnlyList<OperatingPoint> singles = CrossValidation.Singles(table);
        int best = Enumerable.Range(0, singles.Count).OrderByDescending(m => singles[m].Accuracy).ThenBy(m => singles[m].CostPerQuery).First();
        var frontier = new SelectedFrontier(candidates, best);
        var curve = new CascadeCurve(
            objectives.Select(objective =>
            {
                CostQuality point = frontier.For(objective).Point;
                return new OperatingPoint(objective.DollarWeight, point.Accuracy, point.Cost);
            }),
            singles);
        return new TrainedFamily(curve, weights => [.. weights.Select(objective => frontier.For(objective).Make())], frontier.Offered, frontier.For);

        void Add(Func<TraceTable, IReadOnlyList<CascadeObjective>, IReadOnlyList<ICascadePolicy>> fit)
        {
            IReadOnlyList<HeldOutRows> heldOut = CrossValidation.HeldOutRows(table, objectives, fit);
            var fitted = new Lazy<IReadOnlyList<ICascadePolicy>>(() => fit(table, objectives));
            candidates.AddRange(heldOut.Select((rows, i) => new SelectedFrontier.Candidate(rows, () => fitted.Value[i])));
        }
    }

    private static List<SelectedFrontier.Candidate> Singles(TraceTable table) =>
        [.. Enumerable.Range(0, table.ModelCount).Select(m => new SelectedFrontier.Candidate(
            new HeldOutRows(
                [.. Enumerable.Range(0, table.RowCount).Select(row => table.Quality(row, m))],
                [.. Enumerable.Range(0, table.RowCount).Select(row => table.AnswerCost(row, m))]),
            () => ThresholdPolicy.Always(table.Models, m)))];
}
