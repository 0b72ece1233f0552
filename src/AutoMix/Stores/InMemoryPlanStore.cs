using System.Runtime.CompilerServices;

namespace AutoMix.Stores;

/// <summary>Plan versions of one process; gone when it ends.</summary>
/// <remarks>Safe for concurrent use.</remarks>
internal sealed class InMemoryPlanStore : IPlanStore
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, PlanVersion> _newest = new(StringComparer.Ordinal);
    private TaskCompletionSource _changed = NewSignal();

    /// <inheritdoc/>
    public ValueTask<PlanVersion?> ReadAsync(string name, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(name);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            return new(_newest.GetValueOrDefault(name));
        }
    }

    /// <inheritdoc/>
    public ValueTask<PlanVersion?> PublishAsync(string name, ReadOnlyMemory<byte> content, long fencingToken, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentOutOfRangeException.ThrowIfNegative(fencingToken);
        cancellationToken.ThrowIfCancellationRequested();
        PlanVersion next;
        TaskCompletionSource changed;
        lock (_gate)
        {
            PlanVersion? before = _newest.GetValueOrDefault(name);
            if (before is not null && fencingToken < before.FencingToken)
            {
                return new((PlanVersion?)null);
            }

            next = new((before?.Number ?? 0) + 1, fencingToken, content.ToArray());
            _newest[name] = next;
            (changed, _changed) = (_changed, NewSignal());
        }

        changed.SetResult();
        return new(next);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<PlanVersion> WatchAsync(string name, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(name);
        long seen = 0;
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            PlanVersion? newest;
            Task changed;
            lock (_gate)
            {
                newest = _newest.GetValueOrDefault(name);
                changed = _changed.Task;
            }

            if (newest is not null && newest.Number > seen)
            {
                seen = newest.Number;
                yield return newest;
            }
            else
            {
                await changed.WaitAsync(cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
