namespace AutoMix;

/// <summary>Forwards every member to an inner policy. A decorator derives from it and overrides only the members that it changes.</summary>
public class DelegatingRoutingPolicy : IRoutingPolicy
{
    /// <summary>Creates a decorator.</summary>
    /// <param name="innerPolicy">The policy to forward to.</param>
    protected DelegatingRoutingPolicy(IRoutingPolicy innerPolicy)
    {
        ArgumentNullException.ThrowIfNull(innerPolicy);
        InnerPolicy = innerPolicy;
    }

    /// <inheritdoc/>
    public virtual string Name => InnerPolicy.Name;

    /// <inheritdoc/>
    public virtual bool IsCalibrated => InnerPolicy.IsCalibrated;

    /// <inheritdoc/>
    public virtual double? AcceptThreshold => InnerPolicy.AcceptThreshold;

    /// <inheritdoc/>
    public virtual string Fingerprint => InnerPolicy.Fingerprint;

    /// <summary>The policy that decides about new requests.</summary>
    protected virtual IRoutingPolicy InnerPolicy { get; }

    /// <inheritdoc/>
    public virtual bool NeedsEmbedding(RoutingView context) => InnerPolicyOf(context).NeedsEmbedding(context);

    /// <inheritdoc/>
    public virtual ValueTask<RoutingDecision> DecideAsync(RoutingView context, CancellationToken cancellationToken) => InnerPolicyOf(context).DecideAsync(context, cancellationToken);

    /// <inheritdoc/>
    public virtual IReadOnlyList<double>? ConfidenceEdges(RoutingView context, RoutingAttempt attempt) => InnerPolicyOf(context).ConfidenceEdges(context, attempt);

    /// <inheritdoc/>
    public virtual bool TryGetBelief(RoutingView context, Span<double> correctness) => InnerPolicyOf(context).TryGetBelief(context, correctness);

    /// <inheritdoc/>
    public virtual RoutingRecord OnEnded(RoutingView context, RoutingRecord record) => InnerPolicyOf(context).OnEnded(context, record);

    /// <inheritdoc/>
    public virtual bool OnOutcome(RoutingRecord record, OutcomeReport outcome) => InnerPolicy.OnOutcome(record, outcome);

    /// <inheritdoc/>
    public virtual object? GetService(Type serviceType)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceType.IsInstanceOfType(this) ? this : InnerPolicy.GetService(serviceType);
    }

    /// <summary>Finds the policy that decides about a request, for decorators whose inner policy changes while they run.</summary>
    /// <param name="context">The request.</param>
    protected virtual IRoutingPolicy InnerPolicyOf(RoutingView context) => InnerPolicy;
}
