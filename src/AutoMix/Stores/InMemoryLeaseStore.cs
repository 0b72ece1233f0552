namespace AutoMix.Stores;

/// <summary>Leases among the pipelines of one process.</summary>
/// <param name="timeProvider">The clock; the system's if null.</param>
/// <remarks>Safe for concurrent use.</remarks>
internal sealed class InMemoryLeaseStore(TimeProvider? timeProvider = null) : ILeaseStore
{
    private readonly Lock _gate = new();
    private readonly TimeProvider _time = timeProvider ?? TimeProvider.System;
    private readonly Dictionary<string, (LearnerLease Lease, long Since)> _held = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public ValueTask<LearnerLease?> TryAcquireAsync(string name, string owner, TimeSpan duration, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentException.ThrowIfNullOrEmpty(owner);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(duration, TimeSpan.Zero);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            (LearnerLease? lease, long since) = _held.GetValueOrDefault(name);
            bool runs = lease is not null && _time.GetElapsedTime(since) < lease.Duration;
            if (runs && lease!.Owner != owner)
            {
                return new((LearnerLease?)null);
            }

            LearnerLease granted = new(name, owner, runs ? lease!.FencingToken : (lease?.FencingToken ?? 0) + 1, duration);
            _held[name] = (granted, _time.GetTimestamp());
            return new(granted);
        }
    }

    /// <inheritdoc/>
    public ValueTask ReleaseAsync(LearnerLease lease, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(lease);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            // The token stays, so that the next one is larger.
            if (_held.TryGetValue(lease.Name, out (LearnerLease Lease, long Since) held) && held.Lease.FencingToken == lease.FencingToken)
            {
                _held[lease.Name] = (new(lease.Name, held.Lease.Owner, lease.FencingToken, TimeSpan.Zero), held.Since);
            }
        }

        return default;
    }
}
