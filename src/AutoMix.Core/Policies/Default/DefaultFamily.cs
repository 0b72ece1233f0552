using AutoMix.Evaluation;

namespace AutoMix.Policies;

/// <summary>
/// The default: POMDP plans that believe agreement not at all, somewhat or in full (each also by what the query looks like, where
/// embeddings tell its difficulty), tuned threshold chains, one threshold on each pair of models, single models, and mixtures of
/// two on the convex hull of their held-out operating points; see <see cref="SelectedFrontier"/>.
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
        var families = new List<SelectedFrontier.Candidate[]>();
        foreach (CascadeFitOptions options in Plans)
        {
            bool context = DifficultyShift.Fit(table, CascadeModel.Fit(CascadeCounts.From(table), options)) is not null;
            Add(objectives.Count, (rows, weights) =>
            {
                CascadeModel model = CascadeModel.Fit(CascadeCounts.From(rows), options);
                IReadOnlyList<CascadePlan> plans = model.Solve(weights);
                return context ? [.. plans, .. ContextualPlan.Fit(rows, model, plans)] : plans;
            });
        }

        Add(objectives.Count, ThresholdPolicy.FitAll);
        Add(ThresholdPolicy.Quantiles / 2, (rows, _) => ThresholdPolicy.Pairs(rows));
        IReadOnlyList<OperatingPoint> singles = CrossValidation.Singles(table);
        int best = Enumerable.Range(0, singles.Count).OrderByDescending(m => singles[m].Accuracy).ThenBy(m => singles[m].CostPerQuery).First();
        var frontier = new SelectedFrontier(Singles(table), best, families);
        var curve = new CascadeCurve(
            objectives.Select(objective =>
            {
                CostQuality point = frontier.For(objective).Point;
                return new OperatingPoint(objective.DollarWeight, point.Accuracy, point.Cost);
            }),
            singles);
        return new TrainedFamily(curve, weights => [.. weights.Select(objective => frontier.For(InDollars(objective)).Make())], frontier.Offered, frontier.For);

        void Add(int perFamily, Func<TraceTable, IReadOnlyList<CascadeObjective>, IReadOnlyList<ICascadePolicy>> fit)
        {
            IReadOnlyList<HeldOutRows> heldOut = CrossValidation.HeldOutRows(table, objectives, fit);
            var fitted = new Lazy<IReadOnlyList<ICascadePolicy>>(() => fit(table, objectives));
            families.AddRange(heldOut.Select((rows, i) => new SelectedFrontier.Candidate(rows, rows, () => fitted.Value[i])).Chunk(perFamily));
        }
    }

    // Its candidates were measured in dollars, and all of them answer.
    private static CascadeObjective InDollars(CascadeObjective objective) => objective is { TokenWeight: 0, SecondWeight: 0, AbstainReward: null }
        ? objective
        : throw new ArgumentException("'default' weighs dollars alone, and never abstains. For tokens, seconds or abstention take 'pomdp' or 'early-abstention'.", nameof(objective));

    private static List<SelectedFrontier.Candidate> Singles(TraceTable table) =>
        [.. HeldOutRows.Singles(table).Select((rows, m) => new SelectedFrontier.Candidate(rows, rows, () => ThresholdPolicy.Always(table.Models, m)))];
}
