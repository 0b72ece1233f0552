namespace AutoMix.Stores;

/// <summary>Sums of one process; gone when it ends.</summary>
/// <param name="timeProvider">The clock by which ids of deltas are forgotten; the system's if null.</param>
/// <remarks>Safe for concurrent use.</remarks>
internal sealed class InMemoryCountStore(TimeProvider? timeProvider = null) : ICountStore
{
    private readonly Lock _gate = new();
    private readonly TimeProvider _time = timeProvider ?? TimeProvider.System;
    private readonly Dictionary<string, SumTable> _tables = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public ValueTask<bool> AddAsync(string key, CountDelta delta, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(delta);
        delta.Check();
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            if (!_tables.TryGetValue(key, out SumTable? table))
            {
                _tables.Add(key, table = new());
            }

            return new(table.Add(delta, _time.GetUtcNow()));
        }
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyDictionary<string, double>> ReadAsync(string key, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(key);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            return new(_tables.TryGetValue(key, out SumTable? table) ? new Dictionary<string, double>(table.Sums, StringComparer.Ordinal) : []);
        }
    }

    /// <inheritdoc/>
    public ValueTask RemoveAsync(string key, IReadOnlyCollection<string> fields, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(fields);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            if (_tables.TryGetValue(key, out SumTable? table))
            {
                table.Remove(fields);
            }
        }

        return default;
    }
}
