using System.Text.Json;

namespace AutoMix.Policies;

/// <summary>
/// POMDP plans for queries that look hard, average and easy: the plan for a query is chosen by its <see cref="DifficultyShift"/>.
/// </summary>
/// <remarks>
/// A handful of levels keeps every decision a table look-up, and bounds what a query can do by its looks: no query is taken for
/// harder or easier than the average of its level in training. A query without an embedding is an average one.
/// </remarks>
internal sealed class ContextualPlan : FittedPolicy
{
    private readonly DifficultyShift _shift;
    private readonly double[] _bounds;
    private readonly CascadePlan[] _plans;

    /// <param name="shift">The score.</param>
    /// <param name="bounds">Ascending; between neighbouring levels.</param>
    /// <param name="plans">One per level.</param>
    public ContextualPlan(DifficultyShift shift, double[] bounds, CascadePlan[] plans)
        : base("pomdp-context", plans.Length > 0 ? plans[0].Models : [])
    {
        Expect(plans.Length == bounds.Length + 1, "bounds");
        Expect(shift.Weights.Length == shift.Features.Count, "weights");
        foreach (CascadePlan plan in plans)
        {
            ModelList.CheckSame(plans[0].Models, plan.Models, "the first level's plan", "another level's plan");
        }

        _shift = shift;
        _bounds = bounds;
        _plans = plans;
    }

    public override PolicyNeeds Needs => PolicyNeeds.Embeddings;

    /// <summary>One policy per plan; the plans alone where the context says nothing.</summary>
    /// <param name="table">What the model was fitted on.</param>
    /// <param name="model">The model of an average query.</param>
    /// <param name="average">Its plans.</param>
    public static IReadOnlyList<ICascadePolicy> Fit(TraceTable table, CascadeModel model, IReadOnlyList<CascadePlan> average)
    {
        if (DifficultyShift.Fit(table, model) is not { } shift)
        {
            return average;
        }

        double[] shifts = [.. Enumerable.Range(0, table.RowCount).Select(row => shift.Of(table.Embedding(row).Span)).Order()];

        // Three levels: five and seven measured the same. The middle third counts as average, and with it a query whose shift
        // is unknown: 0.
        int third = shifts.Length / 3;
        double[] bounds = [Math.Min(0, shifts[third]), Math.Max(double.Epsilon, shifts[^(third + 1)])];
        CascadeObjective[] objectives = [.. average.Select(plan => plan.Objective)];
        IReadOnlyList<CascadePlan> hard = model.Shifted(shifts[..third].Average()).Solve(objectives);
        IReadOnlyList<CascadePlan> easy = model.Shifted(shifts[^third..].Average()).Solve(objectives);
        return [.. average.Select((plan, i) => new ContextualPlan(shift, bounds, [hard[i], plan, easy[i]]))];
    }

    public override bool TryGetBelief(CascadeHistory history, Span<double> correctness)
    {
        ArgumentNullException.ThrowIfNull(history);
        return PlanFor(history).TryGetBelief(history, correctness);
    }

    public override PolicyDocument ToDocument() => new ContextualDocument
    {
        Name = Name,
        Models = [.. Models],
        Features = _shift.Features,
        Weights = _shift.Weights,
        Bounds = _bounds,
        Plans = [.. _plans.Select(PolicyFile.ToElement)],
    };

    protected override CascadeAction Choose(CascadeHistory history) => PlanFor(history).Decide(history);

    private CascadePlan PlanFor(CascadeHistory history)
    {
        double shift = _shift.Of(history.Embedding.Span);
        int level = 0;
        while (level < _bounds.Length && shift >= _bounds[level])
        {
            level++;
        }

        return _plans[level];
    }

    internal sealed record ContextualDocument : PolicyDocument
    {
        public required ContextFeatures Features { get; init; }

        public required double[] Weights { get; init; }

        public required double[] Bounds { get; init; }

        public required JsonElement[] Plans { get; init; }

        public override ICascadePolicy ToPolicy() => new ContextualPlan(
            new DifficultyShift { Features = Features, Weights = Weights }, Bounds, [.. Plans.Select(plan => (CascadePlan)PolicyFile.FromElement(plan))]);
    }
}
