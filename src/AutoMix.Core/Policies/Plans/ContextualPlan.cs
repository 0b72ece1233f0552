namespace AutoMix.Policies;

/// <summary>
/// POMDP plans for queries that look hard, average and easy: the plan for a query is chosen by its <see cref="DifficultyShift"/>.
/// </summary>
/// <remarks>
/// A handful of levels keeps every decision a table look-up, and bounds what a query can do by its looks: no query is taken for
/// harder or easier than the average of its level in training. A query without an embedding counts as an average one.
/// </remarks>
/// <param name="Models">The names of all models.</param>
/// <param name="Shift">The score.</param>
/// <param name="Bounds">The bounds between neighbouring levels, ascending.</param>
/// <param name="Plans">One plan per level.</param>
internal sealed record ContextualPlan(IReadOnlyList<string> Models, DifficultyShift Shift, double[] Bounds, CascadePlan[] Plans) : FittedPolicy("pomdp-context", Models)
{
    public override PolicyNeeds Needs => PolicyNeeds.Embeddings;

    /// <summary>Fits one policy per plan; returns the plans alone if the context does not predict difficulty.</summary>
    /// <param name="table">The traces that the model was fitted on.</param>
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
        return [.. average.Select((plan, i) => new ContextualPlan(plan.Models, shift, bounds, [hard[i], plan, easy[i]]))];
    }

    public override bool TryGetBelief(CascadeHistory history, Span<double> correctness)
    {
        ArgumentNullException.ThrowIfNull(history);
        return PlanFor(history).TryGetBelief(history, correctness);
    }

    protected override void Prepare()
    {
        Expect(Plans.Length == Bounds.Length + 1, "bounds");
        Expect(Shift.Weights.Length == Shift.Features.Count, "weights");
        foreach (CascadePlan plan in Plans)
        {
            ModelList.CheckSame(Models, plan.Models, "the policy", "a level's plan");
        }
    }

    protected override CascadeAction Choose(CascadeHistory history) => PlanFor(history).Decide(history);

    private CascadePlan PlanFor(CascadeHistory history)
    {
        double shift = Shift.Of(history.Embedding.Span);
        int level = 0;
        while (level < Bounds.Length && shift >= Bounds[level])
        {
            level++;
        }

        return Plans[level];
    }
}
