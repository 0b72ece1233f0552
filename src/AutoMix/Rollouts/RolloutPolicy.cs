using Microsoft.Extensions.AI;

namespace AutoMix;

/// <summary>Keeps a policy from answering requests with which it is not yet, or no longer, trusted.</summary>
internal sealed class RolloutPolicy(IRoutingPolicy policy, RolloutControl rollout) : DelegatingRoutingPolicy(policy)
{
    // Separates the coin of the rollout from those of policies.
    private const ulong Seed = 0x526F6C6C;

    public override string Fingerprint => FormattableString.Invariant($"{base.Fingerprint};{rollout.Mode}:{rollout.Share}");

    public override bool NeedsEmbedding(RoutingView context)
    {
        Part part = PartOf(context);
        try
        {
            return Asks(part) && base.NeedsEmbedding(context);
        }
        catch (Exception) when (part.Role == RolloutRole.Shadow)
        {
            // The failure of a policy in the shadow changes nothing for the caller.
            return false;
        }
    }

    public override bool TryGetBelief(RoutingView context, Span<double> correctness) =>
        context.Get<Part>(this) is { } part && Asks(part) && base.TryGetBelief(context, correctness);

    public override ValueTask<RoutingDecision> DecideAsync(RoutingView context, CancellationToken cancellationToken)
    {
        Part part = PartOf(context);
        return part.Role switch
        {
            RolloutRole.Policy => base.DecideAsync(context, cancellationToken),
            RolloutRole.Shadow => ShadowAsync(context, part, cancellationToken),
            _ => new(Largest(context) ?? RoutingDecision.Abstain("no model is left")),
        };
    }

    public override RoutingRecord OnEnded(RoutingView context, RoutingRecord record)
    {
        record = base.OnEnded(context, record);
        if (context.Get<Part>(this) is not { } part)
        {
            return record;
        }

        if (part.Role != RolloutRole.Shadow)
        {
            return record with { Rollout = new() { Role = part.Role } };
        }

        RoutingAttempt? largest = context.AnswerOf(context.Models.Count - 1);
        RoutingAttempt? choice = part.WouldCost is null ? largest : part.Choice;
        return record with
        {
            Rollout = new()
            {
                Role = part.Role,
                WouldAnswer = part.WouldAnswer,
                WouldCost = part.WouldCost ?? context.Cost,
                LargestCost = largest?.Cost,
                WouldAgree = largest is null || choice is null ? null : ReferenceEquals(largest.AgreesWith ?? largest, choice.AgreesWith ?? choice),
            },
        };
    }

    private static bool Asks(Part part) => part.Role is RolloutRole.Policy or RolloutRole.Shadow;

    private Part PartOf(RoutingView context) => context.Get<Part>(this) ?? context.Set(this, new Part(rollout.Mode switch
    {
        RolloutMode.Shadow => RolloutRole.Shadow,
        RolloutMode.Off => RolloutRole.Off,
        _ => rollout.Share >= 1 || RequestKeys.Uniform(Seed, context.RequestKey) < rollout.Share ? RolloutRole.Policy : RolloutRole.Control,
    }));

    private async ValueTask<RoutingDecision> ShadowAsync(RoutingView context, Part part, CancellationToken cancellationToken)
    {
        if (!part.IsDone)
        {
            RoutingDecision decision = await DecideInShadowAsync(context, cancellationToken).ConfigureAwait(false);
            bool goesOn = decision.Kind is CascadeActionKind.Call or CascadeActionKind.Verify;
            if (part.WouldCost is null && (!goesOn || decision.IsForLearning))
            {
                part.Choose(goesOn ? decision.Chosen : decision.Attempt, context.Cost);
            }

            if (decision.Kind == CascadeActionKind.Verify)
            {
                return RoutingDecision.Verify(decision.Attempt!, decision.Reason);
            }

            if (decision.Kind == CascadeActionKind.Call)
            {
                // An answer that both end with may stream live. No other promise of the policy is kept in the shadow.
                bool isShared = decision.IsFinal && decision.Model == context.Models.Count - 1;
                part.Share(isShared ? context.Models[decision.Model].Name : null);
                return RoutingDecision.Call(decision.Model, isShared, decision.Reason);
            }

            part.IsDone = true;
        }

        return Largest(context)
            ?? (part.Choice is { } choice ? RoutingDecision.Accept(choice, "no larger model is left") : RoutingDecision.Abstain("no model is left"));
    }

    private async ValueTask<RoutingDecision> DecideInShadowAsync(RoutingView context, CancellationToken cancellationToken)
    {
        try
        {
            RoutingDecision decision = await base.DecideAsync(context, cancellationToken).ConfigureAwait(false);
            if (context.WhyImpossible(decision) is null)
            {
                return decision.Kind is CascadeActionKind.Call or CascadeActionKind.Verify && !context.HasRoomFor(decision.Kind == CascadeActionKind.Call ? decision.Model : null)
                    ? RoutingDecision.Abstain("the limits hold the largest model's answer only")
                    : decision;
            }
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            // A policy that fails in the shadow must not keep the largest model's answer from being returned.
        }

        return RoutingDecision.Abstain("the policy failed");
    }

    /// <summary>The answer of the largest model that gives one; null if no model is left.</summary>
    private static RoutingDecision? Largest(RoutingView context)
    {
        for (int model = context.Models.Count - 1; model >= 0; model--)
        {
            if (context.AnswerOf(model) is { Status: AttemptStatus.Answered } answer)
            {
                return RoutingDecision.Accept(answer, "the largest model that answers");
            }

            if (context.CanCall(model) && context.AnswerOf(model) is null)
            {
                return RoutingDecision.Call(model, final: context.Options?.ResponseFormat is not ChatResponseFormatJson);
            }
        }

        return null;
    }

    /// <summary>The part of a request in the rollout, and for a shadowed request the policy's choice.</summary>
    private sealed class Part(RolloutRole role)
    {
        public RolloutRole Role => role;

        /// <summary>Whether the policy has come to its end, so that only the largest model's answer is missing.</summary>
        public bool IsDone { get; set; }

        /// <summary>The answer that the policy would have returned; null if it vouches for none.</summary>
        public RoutingAttempt? Choice { get; private set; }

        /// <summary>The dollars that the request had cost when the policy chose; null before that.</summary>
        public decimal? WouldCost { get; private set; }

        public string? WouldAnswer { get; private set; }

        public void Choose(RoutingAttempt? attempt, decimal cost) => (Choice, WouldAnswer, WouldCost) = (attempt, attempt?.ModelName, cost);

        /// <summary>Notes before a call the model whose answer both would return; null if they differ.</summary>
        public void Share(string? model) => WouldAnswer = WouldCost is null ? model : WouldAnswer;
    }
}
