using System.Collections.Concurrent;
using AutoMix.Stores;
using Microsoft.Extensions.Logging;

namespace AutoMix;

/// <summary>Keeps the circuits of this process and those of others in step through a store: reports in the background, reads at most once a second.</summary>
/// <remarks>No request waits for the store. If the store fails, each process goes on with its own circuits, and each failure logs one warning.</remarks>
internal sealed class SharedCircuits(ICircuitStore store, TimeProvider time, ILogger logger)
{
    // The greatest age of what is known of other processes.
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, Circuit> _circuits = new(StringComparer.Ordinal);
    private long _readAt = long.MinValue;
    private int _reading;

    public void Add(string model, Circuit circuit)
    {
        if (_circuits.TryAdd(model, circuit))
        {
            circuit.Changed = openFor => _ = ReportAsync(model, openFor);
        }
    }

    /// <summary>Starts a reading if the last one is too old.</summary>
    public void Refresh()
    {
        long last = Volatile.Read(ref _readAt);
        if ((last != long.MinValue && time.GetElapsedTime(last) < Interval) || Interlocked.Exchange(ref _reading, 1) != 0)
        {
            return;
        }

        Volatile.Write(ref _readAt, time.GetTimestamp());
        _ = ReadAsync();
    }

    private async Task ReadAsync()
    {
        try
        {
            IReadOnlyDictionary<string, TimeSpan> open = await store.ReadAsync().ConfigureAwait(false);
            foreach ((string model, Circuit circuit) in _circuits)
            {
                circuit.LeaveAlone(open.TryGetValue(model, out TimeSpan remaining) ? remaining : null);
            }
        }
#pragma warning disable CA1031 // The process goes on with its own circuits, whichever exception the store throws.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Log.CircuitStoreFailed(logger, e);
        }
        finally
        {
            Volatile.Write(ref _reading, 0);
        }
    }

    private async Task ReportAsync(string model, TimeSpan? openFor)
    {
        try
        {
            if (openFor is { } wait)
            {
                await store.OpenAsync(model, wait).ConfigureAwait(false);
            }
            else
            {
                await store.CloseAsync(model).ConfigureAwait(false);
            }
        }
#pragma warning disable CA1031 // The process goes on with its own circuits, whichever exception the store throws.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Log.CircuitStoreFailed(logger, e);
        }
    }
}
