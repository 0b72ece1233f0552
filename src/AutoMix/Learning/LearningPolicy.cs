namespace AutoMix;

/// <summary>Decides by the plan that was learned last, and completes the requests that are explored.</summary>
internal sealed class LearningPolicy(OnlineLearner learner) : IChangingPolicy
{
    public string Name => learner.Routing.Name;

    public bool IsCalibrated => learner.Routing.IsCalibrated;

    public long Version => learner.PlanVersion;

    public string Fingerprint => learner.Routing.Fingerprint;

    public IReadOnlyList<double>? ConfidenceEdges(RoutingState state, RoutingAttempt attempt) =>
        state.Exploration is { IsExplored: false } plan ? plan.Routing.ConfidenceEdges(state, attempt) : null;

    public bool TryGetBelief(RoutingState state, Span<double> correctness) =>
        state.Exploration is { } plan && plan.Routing.TryGetBelief(state, correctness);

    public ValueTask<RoutingDecision> DecideAsync(RoutingState state, CancellationToken cancellationToken)
    {
        Exploration plan = state.Exploration ??= learner.Begin(state);
        return plan.IsExplored ? ExploreAsync(state, plan, cancellationToken) : plan.Routing.DecideAsync(state, cancellationToken);
    }

    private static async ValueTask<RoutingDecision> ExploreAsync(RoutingState state, Exploration plan, CancellationToken cancellationToken)
    {
        if (state.Choice is null)
        {
            RoutingDecision decision = await plan.Routing.DecideAsync(state, cancellationToken).ConfigureAwait(false);
            if (decision.Kind == CascadeActionKind.Call)
            {
                return RoutingDecision.Call(decision.Model, final: false, decision.Reason);
            }

            if (decision.Kind == CascadeActionKind.Verify)
            {
                return decision;
            }

            state.Choice = new(decision.Attempt, state.Cost);
        }

        return Complete(state) ?? (state.Choice.Attempt is { } choice
            ? RoutingDecision.Accept(choice)
            : RoutingDecision.Abstain("the policy vouches for no answer"));
    }

    private static RoutingDecision? Complete(RoutingState state)
    {
        const string Why = "explored";
        for (int model = 0; model < state.Models.Count; model++)
        {
            if (state.CanCall(model) && state.AnswerOf(model) is null)
            {
                return RoutingDecision.Call(model, reason: Why);
            }
        }

        foreach (RoutingAttempt attempt in state.Attempts)
        {
            if (attempt is { Status: AttemptStatus.Answered, CanVerify: true })
            {
                return RoutingDecision.Verify(attempt, Why);
            }
        }

        return null;
    }
}
