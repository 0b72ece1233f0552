namespace AutoMix.Stores;

/// <summary>Shares circuits among the pipelines of one process.</summary>
/// <param name="timeProvider">The clock; the system's if null.</param>
/// <remarks>Safe for concurrent use.</remarks>
internal sealed class InMemoryCircuitStore(TimeProvider? timeProvider = null) : ICircuitStore
{
    private readonly Lock _gate = new();
    private readonly TimeProvider _time = timeProvider ?? TimeProvider.System;
    private readonly Dictionary<string, (long Since, TimeSpan Duration)> _open = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public ValueTask OpenAsync(string model, TimeSpan duration, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(model);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(duration, TimeSpan.Zero);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            if (!_open.TryGetValue(model, out (long, TimeSpan) open) || Left(open) < duration)
            {
                _open[model] = (_time.GetTimestamp(), duration);
            }
        }

        return default;
    }

    /// <inheritdoc/>
    public ValueTask CloseAsync(string model, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(model);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            _open.Remove(model);
        }

        return default;
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyDictionary<string, TimeSpan>> ReadAsync(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var left = new Dictionary<string, TimeSpan>(StringComparer.Ordinal);
        lock (_gate)
        {
            foreach ((string model, (long, TimeSpan) open) in _open)
            {
                if (Left(open) is { } remaining && remaining > TimeSpan.Zero)
                {
                    left.Add(model, remaining);
                }
                else
                {
                    _open.Remove(model);
                }
            }
        }

        return new(left);
    }

    private TimeSpan Left((long Since, TimeSpan Duration) open) => open.Duration - _time.GetElapsedTime(open.Since);
}
