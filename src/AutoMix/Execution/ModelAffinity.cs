using System.Collections.Concurrent;

namespace AutoMix;

/// <summary>
/// Remembers for a bounded number of provider-made ids (tool calls, conversations) which model made them, for when the marker
/// on a message has been lost. A miss only means that nothing is known.
/// </summary>
internal sealed class ModelAffinity(int capacity = 4_096)
{
    private readonly ConcurrentDictionary<string, int> _modelOf = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> _order = new();

    public void Remember(string id, int model)
    {
        if (_modelOf.TryAdd(id, model))
        {
            _order.Enqueue(id);
            while (_modelOf.Count > capacity && _order.TryDequeue(out string? oldest))
            {
                _modelOf.TryRemove(oldest, out _);
            }
        }
        else
        {
            _modelOf[id] = model;
        }
    }

    public int? ModelOf(string id) => _modelOf.TryGetValue(id, out int model) ? model : null;
}
