namespace AutoMix.Stores;

/// <summary>The versions of a policy that many processes follow: one publishes, all others are told.</summary>
/// <remarks>
/// Used concurrently. Versions of one name count up from 1 without gaps. A publication carries the fencing token of the
/// publisher's <see cref="LearnerLease"/>; one whose token is smaller than any that was published before is refused, so that a
/// learner that was paused past the end of its lease cannot overwrite what its successor has published, whatever the clocks say.
/// A reader that cannot reach the store keeps the version that it has.
/// </remarks>
public interface IPlanStore
{
    /// <summary>The newest version; null if none was ever published.</summary>
    /// <param name="name">Names the plan.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    ValueTask<PlanVersion?> ReadAsync(string name, CancellationToken cancellationToken = default);

    /// <summary>Publishes the next version.</summary>
    /// <param name="name">Names the plan.</param>
    /// <param name="content">The policy, as <see cref="AutoMix.Policies.PolicyFile"/> writes it.</param>
    /// <param name="fencingToken">The token of the publisher's lease, 0 or more.</param>
    /// <param name="cancellationToken">Cancels the publication; it may have happened all the same.</param>
    /// <returns>The version; null if the token is older than one that has published.</returns>
    ValueTask<PlanVersion?> PublishAsync(string name, ReadOnlyMemory<byte> content, long fencingToken, CancellationToken cancellationToken = default);

    /// <summary>The newest version, if there is one, and then each that replaces it; versions in between may be left out.</summary>
    /// <remarks>Does not end by itself. Interruptions are waited out inside; no version is given twice, and none after a newer one.</remarks>
    /// <param name="name">Names the plan.</param>
    /// <param name="cancellationToken">Ends the watch with an <see cref="OperationCanceledException"/>.</param>
    IAsyncEnumerable<PlanVersion> WatchAsync(string name, CancellationToken cancellationToken = default);
}
