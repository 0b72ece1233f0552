namespace AutoMix.Pomdps;

/// <summary>Counts the entries that a model's description expands to, so that it stops before memory or time does.</summary>
internal sealed class EntryBudget(long limit)
{
    private long _spent;

    public void Spend(long entries)
    {
        _spent += entries;
        if (_spent > limit)
        {
            throw new PomdpException($"The model expands to more than {limit} entries; raise PomdpLimits.MaxEntries if it is meant to.");
        }
    }
}
