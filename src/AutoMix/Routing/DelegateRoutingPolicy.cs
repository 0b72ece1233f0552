namespace AutoMix;

/// <summary>A policy from a delegate.</summary>
internal sealed class DelegateRoutingPolicy(Func<RoutingState, CancellationToken, ValueTask<RoutingDecision>> decide, string name) : IRoutingPolicy
{
    public string Name => name;

    public ValueTask<RoutingDecision> DecideAsync(RoutingState state, CancellationToken cancellationToken) => decide(state, cancellationToken);
}
