namespace AutoMix.Pomdps;

/// <summary>An alpha vector over the states of one class.</summary>
/// <param name="action">First action of the plan.</param>
/// <param name="values">Worth of the plan in each state of the class.</param>
/// <param name="follow">The plan after each outcome of the action; null for a plan that always takes the same action.</param>
internal sealed class Alpha(int action, double[] values, Alpha[]? follow)
{
    public int Action { get; } = action;

    public double[] Values { get; } = values;

    public Alpha[]? Follow { get; } = follow;

    /// <summary>Order of arrival in its set.</summary>
    public int Stamp { get; set; }

    /// <summary>Scratch of pruning.</summary>
    public bool IsUsed { get; set; }

    /// <summary>True when this plan is worth at least as much in every state.</summary>
    public bool Dominates(Alpha other)
    {
        double[] mine = Values, theirs = other.Values;
        for (int s = 0; s < mine.Length; s++)
        {
            if (mine[s] < theirs[s] - 1e-9)
            {
                return false;
            }
        }

        return true;
    }
}
