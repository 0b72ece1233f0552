using AutoMix.Evaluation;
using AutoMix.Statistics;

namespace AutoMix.Learning;

/// <summary>What plans, one per objective, gave on the labelled requests that were held out from making them.</summary>
/// <param name="Seen">By the labels.</param>
/// <param name="Expected">
/// By the labels and by what each plan believed of the answer that it accepted. A belief says how good an answer is on average, so that
/// its mean is less at the mercy of few labels than theirs; it is worth as many labels as the item-response prior is worth requests.
/// </param>
internal sealed record HeldOutPlans(HeldOutRows[] Seen, HeldOutRows[] Expected)
{
    /// <summary>Each row by the plan of the fold that left it out.</summary>
    public static HeldOutPlans Of(Evidence evidence, IReadOnlyList<CascadeObjective> objectives, CascadeFitOptions fit)
    {
        TraceTable table = evidence.Table;
        HeldOutRows[] seen = [.. objectives.Select(_ => new HeldOutRows(new double[table.RowCount], new double[table.RowCount]))];
        HeldOutRows[] expected = [.. seen.Select(rows => new HeldOutRows(new double[table.RowCount], rows.Cost))];
        double labels = evidence.EffectiveSize / (evidence.EffectiveSize + fit.PriorWeight);
        var history = new CascadeHistory(table.ModelCount);
        double[] belief = new double[table.ModelCount];
        for (int fold = 0; fold < Folds.Standard; fold++)
        {
            CascadeCounts rest = evidence.Counts(fold);
            if (!(rest.Weight > 0))
            {
                // Everything fell into one fold: then there is nothing to hold out.
                rest = evidence.Counts();
            }

            IReadOnlyList<CascadePlan> plans = CascadeModel.Fit(rest, fit).Solve(objectives);
            foreach (int row in Enumerable.Range(0, table.RowCount).Where(row => evidence.Fold(row) == fold))
            {
                for (int i = 0; i < plans.Count; i++)
                {
                    CascadeOutcome outcome = CascadeReplay.Run(plans[i], table, row, history);
                    plans[i].TryGetBelief(history, belief);
                    double believed = outcome.Model < 0 ? 0 : belief[outcome.Model];
                    seen[i].Quality[row] = outcome.Quality;
                    seen[i].Cost[row] = outcome.Cost.Dollars;
                    expected[i].Quality[row] = (labels * outcome.Quality) + ((1 - labels) * believed);
                }
            }
        }

        return new(seen, expected);
    }
}
