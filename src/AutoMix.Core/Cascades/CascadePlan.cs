namespace AutoMix;

/// <summary>
/// An immutable plan: the solved routing problem of one <see cref="CascadeModel"/> for one <see cref="CascadeObjective"/>.
/// Decides from a table (exact solvers) or by one-step value of information (greedy solver), without allocating.
/// </summary>
/// <remarks>
/// A history that the table does not hold (a verification that came back unknown, a model that is excluded) is decided by
/// one-step value of information from the belief that the history carries. Safe for concurrent use.
/// </remarks>
public sealed partial class CascadePlan : ICascadePolicy
{
    private readonly PlanTable? _table;

    internal CascadePlan(CascadeModel model, CascadeObjective objective, PlanTable? table)
    {
        Model = model;
        Objective = objective;
        _table = table;
    }

    /// <inheritdoc/>
    public string Name => "pomdp";

    /// <inheritdoc/>
    public IReadOnlyList<string> Models => Model.Models;

    /// <inheritdoc/>
    public bool IsCalibrated => true;

    /// <inheritdoc/>
    public VerificationKind? Verification(int model) => Model.Verification(model);

    /// <summary>The model that was solved.</summary>
    public CascadeModel Model { get; }

    /// <summary>What the plan maximises.</summary>
    public CascadeObjective Objective { get; }

    /// <summary>The solver that made the plan.</summary>
    public CascadeSolver Solver => _table is null ? CascadeSolver.GreedyValueOfInformation
        : _table.Members.Length < Model.ModelCount ? CascadeSolver.ExactOnSubCascade
        : CascadeSolver.ExactBackwardInduction;

    /// <summary>The expected accuracy and cost of this plan, measured on held-out queries; null where that is unknown.</summary>
    public OperatingPoint? Expected
    {
        get
        {
            foreach (OperatingPoint point in Model.Curve?.Points ?? [])
            {
                if (point.CostWeight == Objective.DollarWeight)
                {
                    return point;
                }
            }

            return null;
        }
    }

    /// <summary>The same model solved for another goal.</summary>
    /// <param name="goal">What the user wants.</param>
    /// <exception cref="InvalidOperationException">The plan carries no held-out figures.</exception>
    /// <exception cref="ArgumentException">The goal cannot be met; the message says what can.</exception>
    public CascadePlan For(Goal goal) => Model.Solve(goal);

    /// <inheritdoc/>
    /// <remarks>The edges of the table's bins; null where the table does not decide.</remarks>
    public IReadOnlyList<double>? ConfidenceEdges(CascadeHistory history, int model)
    {
        ArgumentNullException.ThrowIfNull(history);
        bool isInTable = _table is not null && history.ModelCount == Model.ModelCount && _table.Holds(history);
        for (int m = 0; m < history.ModelCount && isInTable; m++)
        {
            isInTable = !history.IsExcluded(m);
        }

        return isInTable ? Model.Confidence.Edges(model) : null;
    }

    /// <inheritdoc/>
    public CascadeAction Decide(CascadeHistory history)
    {
        Check(history);
        return _table is not null && _table.TryDecide(history, out CascadeAction action) ? action : GreedySolver.Decide(Model, Objective, history);
    }

    /// <inheritdoc/>
    /// <remarks>After a history that is impossible under the model, the prior is written: the belief that is left.</remarks>
    public bool TryGetBelief(CascadeHistory history, Span<double> correctness)
    {
        ArgumentNullException.ThrowIfNull(history);
        Model.Belief(history, correctness);
        return true;
    }

    /// <summary>
    /// What each possible action is worth after <paramref name="history"/>, when the plan is followed afterwards: what the decision
    /// rests on, for explaining it. Not for the hot path: it allocates, and the first time takes as long as solving.
    /// </summary>
    /// <param name="history">What has been observed about this query. Not changed.</param>
    /// <returns>One value per possible action, accepting for the best answer only; by one step of look-ahead where the plan's table lacks the history.</returns>
    /// <exception cref="ArgumentException">The history is for another number of models.</exception>
    public IReadOnlyList<ActionValue> Values(CascadeHistory history)
    {
        Check(history);
        return _table?.Values(Objective, history) ?? GreedySolver.Values(Model, Objective, history);
    }

    private void Check(CascadeHistory history)
    {
        ArgumentNullException.ThrowIfNull(history);
        if (history.ModelCount != Model.ModelCount)
        {
            throw new ArgumentException($"The history is for {history.ModelCount} models, the plan for {Model.ModelCount}.", nameof(history));
        }
    }
}
