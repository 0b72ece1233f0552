namespace AutoMix.Evaluation;

/// <summary>A policy run over all rows of a table.</summary>
/// <remarks>Immutable.</remarks>
public sealed class PolicyEvaluation
{
    private readonly double[] _quality;
    private readonly double[] _cost;
    private readonly int[] _model;

    internal PolicyEvaluation(int rows)
    {
        _quality = new double[rows];
        _cost = new double[rows];
        _model = new int[rows];
    }

    /// <summary>Quality of the accepted answer, per row.</summary>
    public IReadOnlyList<double> Quality => _quality;

    /// <summary>Dollars, per row.</summary>
    public IReadOnlyList<double> Cost => _cost;

    /// <summary>The model whose answer was accepted, per row; -1 for an abstention.</summary>
    public IReadOnlyList<int> Model => _model;

    /// <summary>Mean quality and mean dollars.</summary>
    public CostQuality Mean => new(_quality.Average(), _cost.Average());

    /// <summary>Runs a policy.</summary>
    /// <param name="policy">A policy for the table's models.</param>
    /// <param name="table">Traces.</param>
    /// <exception cref="ArgumentException">The policy is for other models.</exception>
    public static PolicyEvaluation Run(ICascadePolicy policy, TraceTable table)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(table);
        ModelList.CheckSame(policy.Models, table.Models, $"the policy '{policy.Name}'", "the traces");
        var evaluation = new PolicyEvaluation(table.RowCount);
        var history = new CascadeHistory(table.ModelCount);
        for (int row = 0; row < table.RowCount; row++)
        {
            evaluation.Record(row, CascadeReplay.Run(policy, table, row, history));
        }

        return evaluation;
    }

    internal void Record(int row, CascadeOutcome outcome)
    {
        _quality[row] = outcome.Quality;
        _cost[row] = outcome.Cost.Dollars;
        _model[row] = outcome.Model;
    }
}
