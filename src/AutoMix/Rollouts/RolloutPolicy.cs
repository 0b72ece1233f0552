namespace AutoMix;

/// <summary>Stands between a policy and the requests it is not yet, or no longer, trusted with.</summary>
internal sealed class RolloutPolicy(IRoutingPolicy policy, Rollout rollout) : IChangingPolicy
{
    // Tells the coin of the rollout from those of policies.
    private const ulong Seed = 0x526F6C6C;

    public string Name => policy.Name;

    public bool IsCalibrated => policy.IsCalibrated;

    public double? AcceptThreshold => policy.AcceptThreshold;

    public long Version => rollout.Version + ((policy as IChangingPolicy)?.Version ?? 0);

    public string Fingerprint => FormattableString.Invariant($"{policy.Fingerprint};{rollout.Mode}:{rollout.Share}");

    public IReadOnlyList<double>? ConfidenceEdges(RoutingState state, RoutingAttempt attempt) => policy.ConfidenceEdges(state, attempt);

    public bool TryGetBelief(RoutingState state, Span<double> correctness) => state.Rollout?.Role is RolloutRole.Policy or RolloutRole.Shadow && policy.TryGetBelief(state, correctness);

    public ValueTask<RoutingDecision> DecideAsync(RoutingState state, CancellationToken cancellationToken)
    {
        RolloutRecord record = state.Rollout ??= new() { Role = RoleOf(state) };
        return record.Role switch
        {
            RolloutRole.Policy => policy.DecideAsync(state, cancellationToken),
            RolloutRole.Shadow => ShadowAsync(state, record, cancellationToken),
            _ => new(Largest(state) ?? RoutingDecision.Abstain("no model is left")),
        };
    }

    private RolloutRole RoleOf(RoutingState state) => rollout.Mode switch
    {
        RolloutMode.Shadow => RolloutRole.Shadow,
        RolloutMode.Off => RolloutRole.Off,
        _ => rollout.Share >= 1 || RequestKeys.Uniform(Seed, state.RequestKey) < rollout.Share ? RolloutRole.Policy : RolloutRole.Control,
    };

    private async ValueTask<RoutingDecision> ShadowAsync(RoutingState state, RolloutRecord record, CancellationToken cancellationToken)
    {
        if (record.WouldCost is null)
        {
            RoutingDecision decision;
            try
            {
                decision = await policy.DecideAsync(state, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception) when (!cancellationToken.IsCancellationRequested)
            {
                // A policy that fails in the shadow is no reason to return anything but the largest model's answer.
                decision = RoutingDecision.Abstain("the policy failed");
            }

            if (state.WhyImpossible(decision) is not null)
            {
                decision = RoutingDecision.Abstain("the policy failed");
            }
            else if (decision.Kind is CascadeActionKind.Call or CascadeActionKind.Verify && !state.HasRoomFor(decision.Kind == CascadeActionKind.Call ? decision.Model : null))
            {
                decision = RoutingDecision.Abstain("the limits hold the largest model's answer only");
            }

            if (decision.Kind == CascadeActionKind.Call)
            {
                // What both end with may stream live. No other promise of the policy is kept in the shadow.
                bool isShared = decision.IsFinal && decision.Model == state.Models.Count - 1;
                state.Rollout = record with { WouldAnswer = isShared ? state.Models[decision.Model].Name : null };
                return RoutingDecision.Call(decision.Model, isShared, decision.Reason);
            }

            if (decision.Kind == CascadeActionKind.Verify)
            {
                return decision;
            }

            RoutingAttempt? chosen = decision.Attempt;
            state.Rollout = record with { WouldAnswer = chosen?.ModelName, WouldCost = state.Choice?.Cost ?? state.Cost };
            state.Choice ??= new(chosen, state.Cost);
        }

        return Largest(state)
            ?? (state.Choice?.Attempt is { } choice ? RoutingDecision.Accept(choice, "no larger model is left") : RoutingDecision.Abstain("no model is left"));
    }

    /// <summary>The answer of the largest model that gives one; null where none is left.</summary>
    private static RoutingDecision? Largest(RoutingState state)
    {
        for (int model = state.Models.Count - 1; model >= 0; model--)
        {
            if (state.AnswerOf(model) is { Status: AttemptStatus.Answered } answer)
            {
                return RoutingDecision.Accept(answer, "the largest model that answers");
            }

            if (state.CanCall(model) && state.AnswerOf(model) is null)
            {
                return RoutingDecision.Call(model, final: state.Options?.ResponseFormat is not Microsoft.Extensions.AI.ChatResponseFormatJson);
            }
        }

        return null;
    }
}
