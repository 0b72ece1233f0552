using System.Collections.Concurrent;

namespace AutoMix;

/// <summary>The answered requests whose outcome can still be reported. The oldest is forgotten first, by age and by number.</summary>
/// <remarks>Safe for concurrent use.</remarks>
internal sealed class RequestMemory<T>(int capacity, TimeSpan lifetime, TimeProvider time, Action<T>? forgotten = null)
    where T : RememberedRequest
{
    private readonly ConcurrentDictionary<string, T> _byId = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<T> _order = new();

    // The dictionary's own count takes all of its locks.
    private int _count;

    public int Count => Volatile.Read(ref _count);

    public void Add(T request)
    {
        if (_byId.TryAdd(request.Id, request))
        {
            Interlocked.Increment(ref _count);
            _order.Enqueue(request);
        }

        while (_order.TryPeek(out T? oldest) && (Count > capacity || IsOld(oldest) || !_byId.ContainsKey(oldest.Id)))
        {
            if (_order.TryDequeue(out T? gone) && Take(gone))
            {
                forgotten?.Invoke(gone);
            }
        }
    }

    public T? Find(string id) => _byId.TryGetValue(id, out T? request) && !IsOld(request) ? request : null;

    /// <summary>Takes a request out, so that nobody else learns from it.</summary>
    public bool Take(T request)
    {
        bool taken = _byId.TryRemove(new(request.Id, request));
        if (taken)
        {
            Interlocked.Decrement(ref _count);
        }

        return taken;
    }

    /// <summary>Lists the requests that have been remembered for so long.</summary>
    public IEnumerable<T> OlderThan(TimeSpan age) => _byId.Values.Where(request => time.GetUtcNow() - request.At >= age);

    private bool IsOld(T request) => time.GetUtcNow() - request.At > lifetime;
}
