using AutoMix.Statistics;

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
/// <param name="Name">The key of the family.</param>
/// <param name="Plan">The cascade model that gives quality estimates, and the objective; its table is not used.</param>
/// <param name="Scope">Which sets of models are considered.</param>
/// <param name="Verified">A bit for each model whose answers are verified.</param>
/// <param name="Deviation">How far a model's estimate moves once its answer is seen: by number of models called before, then model.</param>
/// <param name="Context">Shifts the estimates; null for none.</param>
internal sealed record SupermodelPolicy(
    string Name, CascadePlan Plan, SupermodelScope Scope, ulong Verified, double[] Deviation, ContextModel? Context = null)
    : FittedPolicy(Name, Plan.Models)
{
    private double[] _price = [];

    public override PolicyNeeds Needs =>
        (Scope == SupermodelScope.Single ? 0 : PolicyNeeds.Agreement | (Verified != 0 ? PolicyNeeds.Confidences : 0))
        | (Context is { Features.Components.Count: > 0 } ? PolicyNeeds.Embeddings : 0);

    public override bool TryGetBelief(CascadeHistory history, Span<double> correctness)
    {
        Plan.Model.Belief(history, correctness);
        if (Context is not null)
        {
            Span<double> given = stackalloc double[CascadeHistory.MaxModels];
            Context.Predict(history, given[..ModelCount]);
            for (int m = 0; m < ModelCount; m++)
            {
                double shift = Logistic.LogOdds(Clamp(given[m])) - Context.Weights[m * (Context.Features.Count + 1)];
                correctness[m] = Logistic.Sigmoid(Logistic.LogOdds(Clamp(correctness[m])) + shift);
            }
        }

        return true;
    }

    protected override void Prepare()
    {
        Expect(Deviation.Length == ModelCount * ModelCount && Deviation.All(d => d >= 0), "deviation");
        Expect(Verified >> ModelCount == 0, "verified");
        Context?.Check(ModelCount);
        CascadeObjective objective = Plan.Objective;
        objective.Check("objective");
        _price = [.. Enumerable.Range(0, ModelCount).Select(m => objective.Price(Plan.Model.AnswerCost(m)) + (Verifies(m) ? objective.Price(Plan.Model.VerifyCost(m)) : 0))];
    }

    protected override CascadeAction Choose(CascadeHistory history)
    {
        Span<double> quality = stackalloc double[CascadeHistory.MaxModels];
        quality = quality[..ModelCount];
        if (Scope == SupermodelScope.Single && Dearest(history) is >= 0 and var routed)
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

        ReadOnlySpan<double> deviation = Deviation.AsSpan(Math.Min(history.AnswerCount, ModelCount - 1) * ModelCount, ModelCount);
        int set = Supermodels.Best(best < 0 ? double.NaN : quality[best], uncalled[..count], quality, deviation, _price, Scope);
        return set != 0 ? CascadeAction.Call(uncalled[int.TrailingZeroCount(set)], final: Scope == SupermodelScope.Single)
            : best >= 0 ? CascadeAction.Accept(best)
            : CascadeAction.Abstain;
    }

    private bool Verifies(int model) => (Verified >> model & 1) != 0;

    private static double Clamp(double p) => Math.Clamp(p, 1e-6, 1 - 1e-6);
}
