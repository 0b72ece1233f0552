namespace AutoMix.Pomdps;

/// <summary>A belief that the search has met: its weights in the numbering of its class, its bounds, and what follows it.</summary>
internal sealed class BeliefNode(SupportClass home, int[] states, double[] weights, ulong signature, int actionCount)
{
    public SupportClass Class { get; } = home;

    /// <summary>Local numbers of the states with weight, ascending.</summary>
    public int[] States { get; } = states;

    public double[] Weights { get; } = weights;

    /// <summary>One bit for each state with weight where the class has up to 64, else a Bloom filter of them.</summary>
    public ulong Signature { get; } = signature;

    /// <summary>The fast informed bound of each action; padded to the action width.</summary>
    public double[] Informed { get; } = new double[home.ActionWidth];

    public double Lower { get; set; } = double.NegativeInfinity;

    public Alpha? Best { get; set; }

    /// <summary>Stamp of the newest alpha vector that <see cref="Lower"/> has been compared with.</summary>
    public int LowerSeen { get; set; }

    public double Upper { get; set; } = double.PositiveInfinity;

    /// <summary>Stamp of the newest point that <see cref="Upper"/> has been compared with.</summary>
    public int UpperSeen { get; set; }

    /// <summary>The upper bound that stands in the point set for this very belief.</summary>
    public double UpperShared { get; set; } = double.PositiveInfinity;

    public BeliefBranch?[] Branches { get; } = new BeliefBranch?[actionCount];

    /// <summary>True when the node has been backed up: its best alpha vector is kept by pruning.</summary>
    public bool IsBackedUp { get; set; }

    public double Gap => Upper - Lower;

    /// <summary>Whether the belief is the given one, up to rounding.</summary>
    public bool IsSame(SupportClass home, ReadOnlySpan<int> states, ReadOnlySpan<double> weights)
    {
        if (Class != home || !States.AsSpan().SequenceEqual(states))
        {
            return false;
        }

        for (int i = 0; i < weights.Length; i++)
        {
            if (Math.Abs(Weights[i] - weights[i]) > 1e-9)
            {
                return false;
            }
        }

        return true;
    }
}
