namespace AutoMix;

/// <summary>Decides by the plan that was learned last, and completes the requests that are explored.</summary>
internal sealed class LearningPolicy(OnlineLearner learner) : DelegatingRoutingPolicy(learner.Routing), IDisposable
{
    protected override IRoutingPolicy InnerPolicy => learner.Routing;

    public override bool NeedsEmbedding(RoutingView context) => PlanOf(context).Routing.NeedsEmbedding(context);

    public override IReadOnlyList<double>? ConfidenceEdges(RoutingView context, RoutingAttempt attempt) =>
        context.Get<Exploration>(this) is { IsExplored: false } ? base.ConfidenceEdges(context, attempt) : null;

    public override bool TryGetBelief(RoutingView context, Span<double> correctness) =>
        context.Get<Exploration>(this) is not null && base.TryGetBelief(context, correctness);

    public override ValueTask<RoutingDecision> DecideAsync(RoutingView context, CancellationToken cancellationToken) =>
        PlanOf(context) is { IsExplored: true } plan ? ExploreAsync(context, plan, cancellationToken) : base.DecideAsync(context, cancellationToken);

    public override RoutingRecord OnEnded(RoutingView context, RoutingRecord record)
    {
        if (context.Get<Exploration>(this) is not { } plan)
        {
            return record;
        }

        learner.End(context, plan, record);
        return base.OnEnded(context, record) with { RequestId = plan.RequestId };
    }

    public override bool OnOutcome(RoutingRecord record, OutcomeReport outcome) => record.RequestId is { } id && learner.Report(id, outcome);

    public override object? GetService(Type serviceType) => serviceType == typeof(OnlineLearner) ? learner : base.GetService(serviceType);

    /// <summary>Ends the watch for plans that other processes publish. Another pipeline that shares the learner begins it again.</summary>
    public void Dispose() => learner.StopWatching();

    protected override IRoutingPolicy InnerPolicyOf(RoutingView context) => context.Get<Exploration>(this)?.Routing ?? InnerPolicy;

    private Exploration PlanOf(RoutingView context) => context.Get<Exploration>(this) ?? context.Set(this, learner.Begin(context));

    private async ValueTask<RoutingDecision> ExploreAsync(RoutingView context, Exploration plan, CancellationToken cancellationToken)
    {
        if (plan.CostOfChoice is null)
        {
            RoutingDecision decision = await base.DecideAsync(context, cancellationToken).ConfigureAwait(false);
            if (decision.Kind == CascadeActionKind.Call)
            {
                return RoutingDecision.Call(decision.Model, final: false, decision.Reason);
            }

            if (decision.Kind == CascadeActionKind.Verify)
            {
                return decision;
            }

            plan.Choose(decision.Attempt, context.Cost);
        }

        return Complete(context)?.ForLearning(plan.Choice)
            ?? (plan.Choice is { } choice ? RoutingDecision.Accept(choice) : RoutingDecision.Abstain("the policy vouches for no answer"));
    }

    private static RoutingDecision? Complete(RoutingView context)
    {
        const string Why = "explored";
        for (int model = 0; model < context.Models.Count; model++)
        {
            if (context.CanCall(model) && context.AnswerOf(model) is null)
            {
                return RoutingDecision.Call(model, reason: Why);
            }
        }

        foreach (RoutingAttempt attempt in context.Attempts)
        {
            if (attempt is { Status: AttemptStatus.Answered, CanVerify: true })
            {
                return RoutingDecision.Verify(attempt, Why);
            }
        }

        return null;
    }
}
