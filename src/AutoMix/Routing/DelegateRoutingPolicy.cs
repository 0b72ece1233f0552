namespace AutoMix;

/// <summary>A policy from a delegate.</summary>
internal sealed class DelegateRoutingPolicy(Func<RoutingView, CancellationToken, ValueTask<RoutingDecision>> decide, string name) : IRoutingPolicy
{
    public string Name => name;

    public ValueTask<RoutingDecision> DecideAsync(RoutingView context, CancellationToken cancellationToken) => decide(context, cancellationToken);
}
