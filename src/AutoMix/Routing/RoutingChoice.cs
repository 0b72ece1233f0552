namespace AutoMix;

/// <summary>What a policy has decided about a request in which more calls are made for other reasons.</summary>
/// <param name="Attempt">The answer that it would return; null where it vouches for none.</param>
/// <param name="Cost">The dollars that the request had cost until then.</param>
internal sealed record RoutingChoice(RoutingAttempt? Attempt, decimal Cost);
