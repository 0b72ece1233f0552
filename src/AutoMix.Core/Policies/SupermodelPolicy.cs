using AutoMix.Estimation;

namespace AutoMix.Policies;

/// <summary>
/// Cascade routing: before each step, the set of models is chosen whose expected best answer minus price is highest; one of
/// its models is called, and everything is reconsidered with the new estimates. Stops where no further model is in the set.
/// </summary>
/// <remarks>
/// Dekoninck, Baader and Vechev (2024). Restricted to single models it is routing, to prefixes it is cascading. Quality
/// estimates are the beliefs of a <see cref="CascadeModel"/>, shifted by the context where there is one. The paper's estimates
/// come free; here some are paid for by a verification, so that a policy says for each model whether it buys it.
/// </remarks>
internal sealed class SupermodelPolicy : FittedPolicy
{
    private readonly CascadeModel _model;
    private readonly ContextModel? _context;
    private readonly CascadeObjective _objective;
    private readonly SupermodelScope _scope;
    private readonly ulong _verified;
    private readonly double[] _deviation;
    private readonly double[] _price;

    /// <param name="name">Key of the family.</param>
    /// <param name="model">Gives quality estimates.</param>
    /// <param name="context">Shifts them; null where there is none.</param>
    /// <param name="objective">What to maximise.</param>
    /// <param name="scope">Which sets of models are considered.</param>
    /// <param name="verified">A bit for each model whose answers are verified.</param>
    /// <param name="deviation">How far a model's estimate moves once its answer is seen: by number of models called before, then model.</param>
    public SupermodelPolicy(
        string name, CascadeModel model, ContextModel? context, CascadeObjective objective, SupermodelScope scope, ulong verified, double[] deviation)
        : base(name, model.Models)
    {
        objective.Check(nameof(objective));
        Expect(deviation.Length == model.ModelCount * model.ModelCount && deviation.All(d => d >= 0), "deviation");
        Expect(verified >> model.ModelCount == 0, "verified");
        context?.Check(model.ModelCount);
        _model = model;
        _context = context;
        _objective = objective;
        _scope = scope;
        _verified = verified;
        _deviation = deviation;
        _price = [.. Enumerable.Range(0, ModelCount).Select(m => objective.Price(model.AnswerCost(m)) + (Verifies(m) ? objective.Price(model.VerifyCost(m)) : 0))];
    }

    public override PolicyNeeds Needs =>
        (_scope == SupermodelScope.Single ? 0 : PolicyNeeds.Agreement | (_verified != 0 ? PolicyNeeds.Confidences : 0))
        | (_context is { Features.Components.Count: > 0 } ? PolicyNeeds.Embeddings : 0);

    public SupermodelPolicy Clipped(TraceTable table, double share) =>
        new(Name, _model, _context?.Clipped(table, share), _objective, _scope, _verified, _deviation);

    public override PolicyDocument ToDocument() => new SupermodelDocument
    {
        Name = Name,
        Models = [.. Models],
        Model = new CascadePlan(_model, _objective, null).ToDocument(),
        Context = _context,
        Scope = _scope,
        Verified = _verified,
        Deviation = _deviation,
    };

    public override bool TryGetBelief(CascadeHistory history, Span<double> correctness)
    {
        _model.Belief(history, correctness);
        if (_context is not null)
        {
            Span<double> given = stackalloc double[CascadeHistory.MaxModels];
            _context.Predict(history, given[..ModelCount]);
            for (int m = 0; m < ModelCount; m++)
            {
                double shift = Logistic.LogOdds(Clamp(given[m])) - _context.Weights[m * (_context.Features.Count + 1)];
                correctness[m] = Logistic.Sigmoid(Logistic.LogOdds(Clamp(correctness[m])) + shift);
            }
        }

        return true;
    }

    protected override CascadeAction Choose(CascadeHistory history)
    {
        Span<double> quality = stackalloc double[CascadeHistory.MaxModels];
        quality = quality[..ModelCount];
        if (_scope == SupermodelScope.Single && Dearest(history) is >= 0 and var routed)
        {
            return CascadeAction.Accept(routed);
        }

        for (int m = 0; m < ModelCount; m++)
        {
            if (Verifies(m) && history.CanVerify(m))
            {
                return CascadeAction.Verify(m);
            }
        }

        TryGetBelief(history, quality);
        Span<int> uncalled = stackalloc int[CascadeHistory.MaxModels];
        int count = 0;
        int best = -1;
        for (int m = 0; m < ModelCount; m++)
        {
            if (history.IsCalled(m))
            {
                best = best < 0 || quality[m] >= quality[best] ? m : best;
            }
            else if (!history.IsExcluded(m))
            {
                uncalled[count++] = m;
            }
        }

        ReadOnlySpan<double> deviation = _deviation.AsSpan(Math.Min(history.AnswerCount, ModelCount - 1) * ModelCount, ModelCount);
        int set = Supermodels.Best(best < 0 ? double.NaN : quality[best], uncalled[..count], quality, deviation, _price, _scope);
        return set != 0 ? CascadeAction.Call(uncalled[int.TrailingZeroCount(set)], final: _scope == SupermodelScope.Single)
            : best >= 0 ? CascadeAction.Accept(best)
            : CascadeAction.Abstain;
    }

    private bool Verifies(int model) => (_verified >> model & 1) != 0;

    private static double Clamp(double p) => Math.Clamp(p, 1e-6, 1 - 1e-6);

    internal sealed record SupermodelDocument : PolicyDocument
    {
        public required PlanDocument Model { get; init; }

        public ContextModel? Context { get; init; }

        public required SupermodelScope Scope { get; init; }

        public required ulong Verified { get; init; }

        public required double[] Deviation { get; init; }

        public override ICascadePolicy ToPolicy()
        {
            CascadePlan plan = CascadePlan.FromDocument(Model);
            return new SupermodelPolicy(Name, plan.Model, Context, plan.Objective, Scope, Verified, Deviation);
        }
    }
}
