namespace AutoMix.Policies;

/// <summary>A policy that picks one model before any has answered, and accepts its answer as it is.</summary>
internal abstract record RouterPolicy(string Name, IReadOnlyList<string> Models) : FittedPolicy(Name, Models)
{
    protected sealed override CascadeAction Choose(CascadeHistory history) =>
        Dearest(history) is >= 0 and var answered ? CascadeAction.Accept(answered) : CascadeAction.Call(Pick(history), final: true);

    /// <summary>Picks the model to ask.</summary>
    protected abstract int Pick(CascadeHistory history);

    /// <summary>Finds the model of highest value among those that can be called; the first model if none can.</summary>
    protected static int Best(CascadeHistory history, ReadOnlySpan<double> value)
    {
        int best = 0;
        double highest = double.NegativeInfinity;
        for (int m = 0; m < value.Length; m++)
        {
            if (value[m] > highest && !history.IsExcluded(m))
            {
                highest = value[m];
                best = m;
            }
        }

        return best;
    }
}
