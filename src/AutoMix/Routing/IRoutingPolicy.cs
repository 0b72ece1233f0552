namespace AutoMix;

/// <summary>Decides what to do next about one request, from the pipeline's read-only view of it.</summary>
/// <remarks>
/// Used concurrently by many requests. A policy makes no calls of its own. If it throws or decides something impossible, the best
/// answer so far is returned and marked. Derive a decorator from <see cref="DelegatingRoutingPolicy"/>, so that it forwards every member.
/// </remarks>
public interface IRoutingPolicy
{
    /// <summary>The name in records and telemetry.</summary>
    string Name => GetType().Name;

    /// <summary>Whether the policy's numbers were learned from data. The record marks requests of an uncalibrated policy.</summary>
    bool IsCalibrated => false;

    /// <summary>The least confidence at which the policy accepts an answer; null if it has no single threshold.</summary>
    double? AcceptThreshold => null;

    /// <summary>
    /// A text that changes whenever the policy would decide differently. It is part of the key under which a cache above may store answers:
    /// a policy with parameters must override it and include them.
    /// </summary>
    string Fingerprint => Name;

    /// <summary>Tells whether the policy reads <see cref="RoutingView.QueryEmbedding"/>. The pipeline then embeds the question before the first decision.</summary>
    /// <param name="context">The request.</param>
    bool NeedsEmbedding(RoutingView context) => false;

    /// <summary>Makes the next decision.</summary>
    /// <param name="context">The request, the attempts so far, the remaining money and time.</param>
    /// <param name="cancellationToken">Fires when the caller cancels, and when the request's deadline passes.</param>
    ValueTask<RoutingDecision> DecideAsync(RoutingView context, CancellationToken cancellationToken);

    /// <summary>
    /// Lists the confidences in an answer between which nothing changes for the policy, so that a verifier may stop as soon as its side
    /// is certain. They ascend; a confidence on an edge belongs above it. Null if every difference counts.
    /// </summary>
    /// <param name="context">The request and the attempts so far.</param>
    /// <param name="attempt">The attempt that is about to be verified.</param>
    IReadOnlyList<double>? ConfidenceEdges(RoutingView context, RoutingAttempt attempt) => AcceptThreshold is { } threshold ? [threshold] : null;

    /// <summary>Writes the policy's belief that each model answers this request acceptably.</summary>
    /// <param name="context">The request and the attempts so far.</param>
    /// <param name="correctness">Receives one probability per model.</param>
    /// <returns>False, with nothing written, if the policy holds no belief.</returns>
    bool TryGetBelief(RoutingView context, Span<double> correctness) => false;

    /// <summary>Learns that the request has ended, however it ended. Called once, before the response is returned.</summary>
    /// <param name="context">The request in its last state.</param>
    /// <param name="record">The record of the request.</param>
    /// <returns>The record to return, with anything that the policy adds to it.</returns>
    RoutingRecord OnEnded(RoutingView context, RoutingRecord record) => record;

    /// <summary>Learns the outcome of a request, at once or hours after its end. A policy that learns takes the request's id from the record.</summary>
    /// <param name="record">The record of the request. It may have been read back from a store; it has only an id if the outcome was reported by the id.</param>
    /// <param name="outcome">The outcome.</param>
    /// <returns>Whether the policy took it; false if it does not learn, or has forgotten the request.</returns>
    bool OnOutcome(RoutingRecord record, OutcomeReport outcome) => false;

    /// <summary>Finds a part of the policy, such as an inner policy, by its type; null if there is none.</summary>
    /// <param name="serviceType">The type.</param>
    object? GetService(Type serviceType) => serviceType.IsInstanceOfType(this) ? this : null;
}
