namespace AutoMix;

/// <summary>A policy from a delegate.</summary>
internal sealed class DelegateRoutingPolicy(Func<RoutingContext, CancellationToken, ValueTask<RoutingDecision>> decide, string name) : IRoutingPolicy
{
    public string Name => name;

    public ValueTask<RoutingDecision> DecideAsync(RoutingContext context, CancellationToken cancellationToken) => decide(context, cancellationToken);
}
