using System.Runtime.Intrinsics;

namespace AutoMix;

/// <summary>
/// Backward induction over all observation histories of a cascade: the optimal policy of the model for any number of
/// objectives.
/// </summary>
/// <remarks>
/// Everything is kept as joint probabilities: a history's value is P(history) x the value of continuing, so that an action's
/// value is minus its price x P(history) plus the plain sum of its successors' values. Models are called in ascending order
/// (cheapest first, any may be skipped); verification of any unverified answer is possible at any time.
/// </remarks>
internal sealed class ExactSolver
{
    /// <summary>Models up to which the number of histories is worth counting at all.</summary>
    public const int MostModels = 10;

    private static readonly int Lanes = Vector512<double>.Count;
    private readonly CascadeModel _model;
    private readonly HistoryIndex _index;
    private readonly HistoryTable _table;
    private readonly byte[][] _actions;
    private readonly double[] _values;

    private ExactSolver(CascadeModel model, HistoryIndex index, int objectives)
    {
        _model = model;
        _index = index;
        _table = HistoryTable.Fill(model, index);
        _actions = new byte[objectives][];
        _values = new double[objectives];
    }

    /// <summary>The optimal action after every history, one table per objective, and the value of each objective before any call.</summary>
    public static byte[][] Solve(CascadeModel model, HistoryIndex index, IReadOnlyList<CascadeObjective> objectives, out double[] values)
    {
        var solver = new ExactSolver(model, index, objectives.Count);
        int sweeps = (objectives.Count + Lanes - 1) / Lanes;

        // Each sweep streams tens of megabytes: two at a time use two cores' bandwidth, more would fight for it.
        Parallel.For(0, sweeps, new ParallelOptions { MaxDegreeOfParallelism = 2 }, i => solver.Sweep([.. objectives.Skip(i * Lanes).Take(Lanes)], i * Lanes));
        values = solver._values;
        return solver._actions;
    }

    /// <summary>The numbering of the model's histories.</summary>
    public static HistoryIndex IndexFor(CascadeModel model)
    {
        Span<int> outcomes = stackalloc int[model.ModelCount];
        for (int m = 0; m < outcomes.Length; m++)
        {
            outcomes[m] = model.Verification(m) switch
            {
                VerificationKind.Free => model.Confidence.Bins,
                VerificationKind.Paid => model.Confidence.Bins + 1,
                _ => 1,
            };
        }

        return new HistoryIndex(outcomes, model.Options.AgreementTemper > 0);
    }

    private void Sweep(CascadeObjective[] objectives, int firstTable)
    {
        var sweep = new HistorySweep(_model, _index, _table, objectives);
        sweep.Run();
        sweep.Actions.CopyTo(_actions, firstTable);
        for (int lane = 0; lane < objectives.Length; lane++)
        {
            _values[firstTable + lane] = sweep.Value[lane];
        }
    }
}
