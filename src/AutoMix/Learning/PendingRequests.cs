using System.Collections.Concurrent;

namespace AutoMix;

/// <summary>The answered requests whose outcome can still be reported; the oldest is forgotten first, by age and by number.</summary>
/// <remarks>Safe for concurrent use.</remarks>
internal sealed class PendingRequests(int capacity, TimeSpan lifetime, TimeProvider time)
{
    private readonly ConcurrentDictionary<string, PendingRequest> _byId = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<PendingRequest> _order = new();

    // The dictionary's own count takes all of its locks.
    private int _count;

    public int Count => Volatile.Read(ref _count);

    public void Add(PendingRequest request)
    {
        if (_byId.TryAdd(request.Id, request))
        {
            Interlocked.Increment(ref _count);
            _order.Enqueue(request);
        }

        while (_order.TryPeek(out PendingRequest? oldest) && (Count > capacity || IsOld(oldest) || !_byId.ContainsKey(oldest.Id)))
        {
            if (_order.TryDequeue(out PendingRequest? gone))
            {
                Take(gone);
            }
        }
    }

    public PendingRequest? Find(string id) => _byId.TryGetValue(id, out PendingRequest? request) && !IsOld(request) ? request : null;

    public PendingRequest? Find(ulong key) => _byId.Values.FirstOrDefault(request => request.Key == key);

    /// <summary>Takes a request out, so that nobody else learns from it.</summary>
    public bool Take(PendingRequest request)
    {
        bool taken = _byId.TryRemove(request.Id, out _);
        if (taken)
        {
            Interlocked.Decrement(ref _count);
        }

        return taken;
    }

    /// <summary>Whole requests that nobody has graded for so long.</summary>
    public IEnumerable<PendingRequest> Ungraded(TimeSpan patience) =>
        _byId.Values.Where(request => request.IsWhole && !request.IsGraded && time.GetUtcNow() - request.At >= patience);

    private bool IsOld(PendingRequest request) => time.GetUtcNow() - request.At > lifetime;
}
