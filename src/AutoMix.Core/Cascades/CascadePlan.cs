using System.Buffers;

namespace AutoMix;

/// <summary>
/// An immutable plan: the solved routing problem of one <see cref="CascadeModel"/> for one <see cref="CascadeObjective"/>.
/// Decides from a table (exact solver) or by one-step value of information (greedy solver), without allocating.
/// </summary>
/// <remarks>
/// A history that the table does not hold (a verification that came back unknown, a model that is excluded) is decided by
/// one-step value of information from the exact belief. Safe for concurrent use.
/// </remarks>
public sealed partial class CascadePlan : ICascadePolicy
{
    private readonly HistoryIndex? _index;
    private readonly byte[]? _actions;
    private PlanValues? _values;

    internal CascadePlan(CascadeModel model, CascadeObjective objective, HistoryIndex? index, byte[]? actions)
    {
        Model = model;
        Objective = objective;
        _index = index;
        _actions = actions;
    }

    /// <inheritdoc/>
    public string Name => "pomdp";

    /// <inheritdoc/>
    public IReadOnlyList<string> Models => Model.Models;

    /// <inheritdoc/>
    public bool IsCalibrated => true;

    /// <inheritdoc/>
    public VerificationKind? ConfidenceOf(int model) => Model.Verification(model);

    /// <summary>The model that was solved.</summary>
    public CascadeModel Model { get; }

    /// <summary>What the plan maximises.</summary>
    public CascadeObjective Objective { get; }

    /// <summary>The solver that made the plan.</summary>
    public CascadeSolver Solver => _actions is null ? CascadeSolver.GreedyValueOfInformation : CascadeSolver.ExactBackwardInduction;

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
        bool isInTable = _actions is not null && history.ModelCount == Model.ModelCount && TryNumber(history, out _, out _);
        for (int m = 0; m < history.ModelCount && isInTable; m++)
        {
            isInTable = !history.IsExcluded(m);
        }

        return isInTable ? Model.Confidence.Edges(model) : null;
    }

    /// <inheritdoc/>
    public CascadeAction Decide(CascadeHistory history)
    {
        ArgumentNullException.ThrowIfNull(history);
        if (history.ModelCount != Model.ModelCount)
        {
            throw new ArgumentException($"The history is for {history.ModelCount} models, the plan for {Model.ModelCount}.", nameof(history));
        }

        if (_actions is not null && TryNumber(history, out int number, out int groups))
        {
            byte code = _actions[number];
            int model = ActionCode.Model(code);
            switch (ActionCode.Kind(code))
            {
                case CascadeActionKind.Call when !history.IsExcluded(model):
                    return CascadeAction.Call(model, final: IsFinal(number, groups, model));
                case CascadeActionKind.Verify:
                    return CascadeAction.Verify(model);
                case CascadeActionKind.Accept:
                    return CascadeAction.Accept(model);
                case CascadeActionKind.Abstain:
                    return CascadeAction.Abstain;
            }
        }

        return GreedySolver.Decide(Model, Objective, history);
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
        ArgumentNullException.ThrowIfNull(history);
        int[] group = new int[Model.ModelCount];
        int[] outcome = new int[Model.ModelCount];
        if (_actions is null || !TryNumber(history, out _, out _, group, outcome))
        {
            return GreedySolver.Values(Model, Objective, history);
        }

        List<ActionValue> values = (_values ??= new(Model, Objective, _index!, _actions)).Of(group, outcome);
        values.RemoveAll(value => value.Action.Kind == CascadeActionKind.Call && history.IsExcluded(value.Action.Model));
        return values;
    }

    // The number of the history, or false where the table lacks it. The spans receive what it is made of, where they are given.
    private bool TryNumber(CascadeHistory history, out int number, out int groups, Span<int> groupOf = default, Span<int> outcomeOf = default)
    {
        number = 0;
        groups = 0;
        groupOf.Fill(-1);
        Span<sbyte> canonical = stackalloc sbyte[CascadeHistory.MaxModels];
        canonical.Fill(-1);
        for (int m = 0; m < Model.ModelCount; m++)
        {
            if (!history.IsCalled(m))
            {
                continue;
            }

            int outcome = 0;
            double confidence = history.Confidence(m);
            switch (Model.Verification(m))
            {
                case VerificationKind.Free when double.IsNaN(confidence):
                case VerificationKind.Paid when double.IsNaN(confidence) && !history.CanVerify(m):
                    return false;
                case VerificationKind.Free:
                    outcome = Model.Confidence.Bin(m, confidence);
                    break;
                case VerificationKind.Paid when !double.IsNaN(confidence):
                    outcome = 1 + Model.Confidence.Bin(m, confidence);
                    break;
            }

            ref sbyte group = ref canonical[history.Group(m)];
            group = group < 0 || Model.Options.AgreementTemper == 0 ? (sbyte)groups : group;
            if (!groupOf.IsEmpty)
            {
                groupOf[m] = group;
                outcomeOf[m] = outcome;
            }

            number += _index!.Offset(m, groups, group, outcome);
            groups = _index.GroupsAfter(groups, group);
        }

        return true;
    }

    private bool IsFinal(int number, int groups, int model)
    {
        byte accept = ActionCode.Accept(model);
        int outcomes = Model.Verification(model) == VerificationKind.Free ? _index!.Outcomes(model) : 1;
        for (int group = 0; group <= groups; group++)
        {
            for (int outcome = 0; outcome < outcomes; outcome++)
            {
                if (_actions![number + _index!.Offset(model, groups, group, outcome)] != accept)
                {
                    return false;
                }
            }
        }

        return true;
    }
}
