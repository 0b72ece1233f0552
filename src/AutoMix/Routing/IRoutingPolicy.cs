namespace AutoMix;

/// <summary>Decides, from what is known about one request, what to do next. The brain of the pipeline.</summary>
/// <remarks>
/// Used concurrently by many requests. It makes no calls of its own. A policy that throws or decides something impossible
/// loses nothing: the best answer so far is returned, marked.
/// </remarks>
public interface IRoutingPolicy
{
    /// <summary>Its name in records and telemetry.</summary>
    string Name => GetType().Name;

    /// <summary>Whether its numbers were learned from data. An uncalibrated policy is marked as such in the record.</summary>
    bool IsCalibrated => false;

    /// <summary>The confidence from which on it accepts an answer; null where it has no single threshold.</summary>
    double? AcceptThreshold => null;

    /// <summary>
    /// The confidences in an answer between which nothing changes for the policy, so that a verifier may stop as soon as its side
    /// is certain. Ascending; a confidence on an edge belongs above it. Null where every difference counts.
    /// </summary>
    /// <param name="state">The request and the attempts so far.</param>
    /// <param name="attempt">The attempt that is about to be verified.</param>
    IReadOnlyList<double>? ConfidenceEdges(RoutingState state, RoutingAttempt attempt) => AcceptThreshold is { } threshold ? [threshold] : null;

    /// <summary>
    /// Changes whenever the policy would decide differently; part of the key under which a cache above may store answers. A
    /// policy with parameters must override it and put them in.
    /// </summary>
    string Fingerprint => Name;

    /// <summary>The next decision.</summary>
    /// <param name="state">The request, the attempts so far, what they cost, what is left.</param>
    /// <param name="cancellationToken">Fires when the caller cancels, and when the request's deadline passes.</param>
    ValueTask<RoutingDecision> DecideAsync(RoutingState state, CancellationToken cancellationToken);

    /// <summary>The policy's belief that each model answers this request acceptably.</summary>
    /// <param name="state">The request and the attempts so far.</param>
    /// <param name="correctness">Receives one probability per model.</param>
    /// <returns>False, with nothing written, where the policy holds no belief.</returns>
    bool TryGetBelief(RoutingState state, Span<double> correctness) => false;
}
