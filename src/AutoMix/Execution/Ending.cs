namespace AutoMix;

/// <summary>The end of one request.</summary>
/// <param name="Outcome">How the request ended.</param>
/// <param name="Chosen">The answer to return; null if there is none.</param>
/// <param name="Reason">Why it ended so.</param>
internal sealed record Ending(RoutingOutcome Outcome, RoutingAttempt? Chosen, string? Reason)
{
    /// <summary>The policy's last belief that each model answers acceptably; null if it holds none.</summary>
    public double[]? Beliefs { get; init; }
}
