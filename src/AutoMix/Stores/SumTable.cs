namespace AutoMix.Stores;

/// <summary>The sums of one key, and the ids of the deltas that were added to them lately.</summary>
internal sealed class SumTable
{
    private static readonly TimeSpan RememberIds = TimeSpan.FromHours(1);

    public Dictionary<string, double> Sums { get; init; } = new(StringComparer.Ordinal);

    public Dictionary<Guid, DateTimeOffset> Ids { get; init; } = [];

    public bool Add(CountDelta delta, DateTimeOffset now)
    {
        foreach ((Guid id, DateTimeOffset added) in Ids)
        {
            if (now - added > RememberIds)
            {
                Ids.Remove(id);
            }
        }

        if (!Ids.TryAdd(delta.Id, now))
        {
            return false;
        }

        foreach ((string name, double value) in delta.Sums)
        {
            Sums[name] = Sums.GetValueOrDefault(name) + value;
        }

        return true;
    }

    public void Remove(IReadOnlyCollection<string> fields)
    {
        foreach (string field in fields)
        {
            Sums.Remove(field);
        }
    }
}
