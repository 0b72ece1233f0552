namespace AutoMix.Estimation;

/// <summary>Measures a family of policies, one per objective, on queries that were held out from fitting it.</summary>
public static class CrossValidation
{
    private const int Folds = 5;
    private const int WeightCount = 27;

    // Cost weights, as the share of a correct answer's worth that a call of the dearest model costs.
    private const double LeastShare = 0.0005;
    private const double MostShare = 4;

    /// <summary>
    /// The cost weights that are worth telling apart for these traces: 0, and a geometric row from where cost hardly matters
    /// to where only the cheapest model pays.
    /// </summary>
    /// <param name="table">The training traces.</param>
    public static IReadOnlyList<CascadeObjective> Objectives(TraceTable table)
    {
        ArgumentNullException.ThrowIfNull(table);
        double dearest = Singles(table).Max(single => single.CostPerQuery);
        var objectives = new CascadeObjective[dearest > 0 ? WeightCount : 1];
        for (int i = 1; i < objectives.Length; i++)
        {
            double share = LeastShare * Math.Pow(MostShare / LeastShare, (i - 1) / (WeightCount - 2.0));
            objectives[i] = new CascadeObjective(share / dearest);
        }

        return objectives;
    }

    /// <summary>Fits on four fifths, measures on the fifth that was left out, five times over.</summary>
    /// <param name="table">The training traces.</param>
    /// <param name="objectives">One policy each.</param>
    /// <param name="fit">From training rows and objectives to one policy per objective. Called concurrently.</param>
    /// <returns>One point per objective. The split depends on the ids of the records alone.</returns>
    public static IReadOnlyList<OperatingPoint> HeldOut(
        TraceTable table, IReadOnlyList<CascadeObjective> objectives, Func<TraceTable, IReadOnlyList<CascadeObjective>, IReadOnlyList<ICascadePolicy>> fit) =>
        [.. HeldOutRows(table, objectives, fit).Select((rows, i) => new OperatingPoint(objectives[i].DollarWeight, rows.Quality.Average(), rows.Cost.Average()))];

    /// <summary>As <see cref="HeldOut"/>, row by row.</summary>
    internal static IReadOnlyList<HeldOutRows> HeldOutRows(
        TraceTable table, IReadOnlyList<CascadeObjective> objectives, Func<TraceTable, IReadOnlyList<CascadeObjective>, IReadOnlyList<ICascadePolicy>> fit)
    {
        ArgumentNullException.ThrowIfNull(table);
        ArgumentNullException.ThrowIfNull(objectives);
        ArgumentNullException.ThrowIfNull(fit);

        // By rank of the key's coin, so that folds are equally large.
        int[] order = [.. Enumerable.Range(0, table.RowCount).OrderBy(row => RequestKeys.Uniform(0, table.Key(row)))];
        int folds = Math.Min(Folds, table.RowCount);
        HeldOutRows[] results = [.. objectives.Select(_ => new HeldOutRows(new double[table.RowCount], new double[table.RowCount]))];
        Parallel.For(0, folds, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, fold =>
        {
            int[] rest = [.. order.Where((_, rank) => folds == 1 || rank % folds != fold)];
            IReadOnlyList<ICascadePolicy> policies = fit(table.SelectRows(rest), objectives);
            var history = new CascadeHistory(table.ModelCount);
            for (int i = 0; i < policies.Count; i++)
            {
                for (int rank = fold; rank < order.Length; rank += folds)
                {
                    // Every row belongs to one fold, so that no two folds write the same element.
                    CascadeOutcome outcome = CascadeReplay.Run(policies[i], table, order[rank], history);
                    results[i].Quality[order[rank]] = outcome.Quality;
                    results[i].Cost[order[rank]] = outcome.Cost.Dollars;
                }
            }
        });
        return results;
    }

    /// <summary>Each model called alone, without verification.</summary>
    /// <param name="table">Traces.</param>
    public static IReadOnlyList<OperatingPoint> Singles(TraceTable table)
    {
        ArgumentNullException.ThrowIfNull(table);
        var singles = new OperatingPoint[table.ModelCount];
        for (int m = 0; m < singles.Length; m++)
        {
            double quality = 0;
            double dollars = 0;
            for (int row = 0; row < table.RowCount; row++)
            {
                quality += table.Quality(row, m);
                dollars += table.AnswerCost(row, m);
            }

            singles[m] = new OperatingPoint(0, quality / table.RowCount, dollars / table.RowCount);
        }

        return singles;
    }
}
