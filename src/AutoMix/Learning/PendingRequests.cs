using System.Collections.Concurrent;

namespace AutoMix;

/// <summary>The answered requests whose outcome can still be reported; the oldest is forgotten first, by age and by number.</summary>
/// <remarks>Safe for concurrent use. A graded request that is forgotten is still learnt from: only more grades come too late.</remarks>
internal sealed class PendingRequests(int capacity, TimeSpan lifetime, TimeProvider time, Action<PendingRequest> forgotten)
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
            if (_order.TryDequeue(out PendingRequest? gone) && Take(gone))
            {
                forgotten(gone);
            }
        }
    }

    public PendingRequest? Find(string id) => _byId.TryGetValue(id, out PendingRequest? request) && !IsOld(request) ? request : null;

    /// <summary>The newest request of a key: the same question may have been asked before.</summary>
    public PendingRequest? Find(ulong key)
    {
        PendingRequest? newest = null;
        foreach ((_, PendingRequest request) in _byId)
        {
            if (request.Key == key && !IsOld(request) && !(newest?.At > request.At))
            {
                newest = request;
            }
        }

        return newest;
    }

    /// <summary>Takes a request out, so that nobody else learns from it.</summary>
    public bool Take(PendingRequest request)
    {
        bool taken = _byId.TryRemove(new(request.Id, request));
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
