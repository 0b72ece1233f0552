using System.Collections.Concurrent;

namespace AutoMix;

/// <summary>
/// Remembers the models that made ids of tool calls and conversations, for messages that have lost their marker. The number of ids is
/// bounded, so a model that is not found is merely unknown.
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
