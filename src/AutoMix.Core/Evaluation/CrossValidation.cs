using System.Runtime.ExceptionServices;
using AutoMix.Statistics;

namespace AutoMix.Evaluation;

/// <summary>Measures a family of policies, one per objective, on queries that were held out from fitting it.</summary>
public static class CrossValidation
{
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

    /// <summary>As <see cref="HeldOut"/>, row by row; any number of policies, the same from every fold.</summary>
    internal static IReadOnlyList<HeldOutRows> HeldOutRows(
        TraceTable table, IReadOnlyList<CascadeObjective> objectives, Func<TraceTable, IReadOnlyList<CascadeObjective>, IReadOnlyList<ICascadePolicy>> fit)
    {
        ArgumentNullException.ThrowIfNull(table);
        ArgumentNullException.ThrowIfNull(objectives);
        ArgumentNullException.ThrowIfNull(fit);

        HeldOutRows[]? results = null;
        EachFold(table, (rest, heldOut) =>
        {
            IReadOnlyList<ICascadePolicy> policies = fit(rest, objectives);
            HeldOutRows[] made = [.. policies.Select(_ => new HeldOutRows(new double[table.RowCount], new double[table.RowCount]))];
            HeldOutRows[] all = Interlocked.CompareExchange(ref results, made, null) ?? made;
            var history = new CascadeHistory(table.ModelCount);
            for (int i = 0; i < policies.Count; i++)
            {
                foreach (int row in heldOut)
                {
                    // Every row belongs to one fold, so that no two folds write the same element.
                    CascadeOutcome outcome = CascadeReplay.Run(policies[i], table, row, history);
                    all[i].Quality[row] = outcome.Quality;
                    all[i].Cost[row] = outcome.Cost.Dollars;
                }
            }
        });
        return results!;
    }

    /// <summary>Measures a way of fitting on queries that it has not seen, row by row: each row by the policy of the fold that left it out.</summary>
    /// <param name="table">The training traces.</param>
    /// <param name="fit">From training rows to a policy; everything that is chosen from data belongs in here. Called concurrently.</param>
    public static PolicyEvaluation Evaluate(TraceTable table, Func<TraceTable, ICascadePolicy> fit)
    {
        ArgumentNullException.ThrowIfNull(table);
        ArgumentNullException.ThrowIfNull(fit);
        var evaluation = new PolicyEvaluation(table.RowCount);
        EachFold(table, (rest, heldOut) =>
        {
            ICascadePolicy policy = fit(rest);
            var history = new CascadeHistory(table.ModelCount);
            foreach (int row in heldOut)
            {
                evaluation.Record(row, CascadeReplay.Run(policy, table, row, history));
            }
        });
        return evaluation;
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

    /// <summary>Divides the rows into folds by the order of their keys' coins: equally large folds that depend on the ids of the records alone.</summary>
    internal static Folds FoldsOf(TraceTable table) => new([.. Enumerable.Range(0, table.RowCount).OrderBy(row => RequestKeys.Uniform(0, table.Key(row)))]);

    private static void EachFold(TraceTable table, Action<TraceTable, IReadOnlyList<int>> run)
    {
        Folds folds = FoldsOf(table);
        try
        {
            Parallel.For(
                0,
                folds.Count,
                new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount },
                fold => run(table.SelectRows(folds.Rest(fold)), folds.HeldOut(fold)));
        }
        catch (AggregateException e)
        {
            // The cause that makes one fold fail, such as a goal that cannot be met, is thrown as it is.
            ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }
    }
}
