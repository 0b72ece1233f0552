namespace AutoMix.Stores;

/// <summary>Lets one of many processes be the one that learns.</summary>
/// <remarks>
/// <para>Used concurrently. A lease ends by the store's clock, counted from when the store grants it; the holder counts from
/// before it asked, so that it stops first however long the answer took. Only the rates of the clocks matter, not what they show.</para>
/// <para>A lease alone does not keep two holders from acting at once (one may be paused just before it acts); the fencing token does,
/// since <see cref="IPlanStore.PublishAsync"/> refuses an older one. If the store cannot be reached, nobody becomes the leader
/// and nothing new is published; requests are answered with the plan at hand.</para>
/// </remarks>
public interface ILeaseStore
{
    /// <summary>Takes a free lease, or renews one that the owner holds.</summary>
    /// <param name="name">Names what is leased.</param>
    /// <param name="owner">Tells the asking process from all others.</param>
    /// <param name="duration">How long the lease holds from now; more than 0.</param>
    /// <param name="cancellationToken">Cancels the request; the lease may have been granted all the same, and ends by itself.</param>
    /// <returns>The lease, with the same token as long as the owner renews it in time, and a larger one whenever it begins anew; null if another holds it.</returns>
    ValueTask<LearnerLease?> TryAcquireAsync(string name, string owner, TimeSpan duration, CancellationToken cancellationToken = default);

    /// <summary>Gives a lease back before it ends; nothing if the owner does not hold it any more.</summary>
    /// <param name="lease">The lease that <see cref="TryAcquireAsync"/> returned.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    ValueTask ReleaseAsync(LearnerLease lease, CancellationToken cancellationToken = default);
}
