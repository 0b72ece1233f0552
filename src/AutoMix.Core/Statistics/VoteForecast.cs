namespace AutoMix.Statistics;

/// <summary>What the votes that are still out can change.</summary>
internal static class VoteForecast
{
    // Jeffreys' prior: recorded vote shares pile up at both ends, and so does it.
    private const double Prior = 0.5;

    /// <summary>
    /// The probability that the share of votes for Correct, once all are in, lies on the other side of a threshold than now.
    /// </summary>
    /// <param name="correct">Votes for Correct so far.</param>
    /// <param name="valid">Votes that could be read so far.</param>
    /// <param name="left">Votes that are still out.</param>
    /// <param name="threshold">The share from which on the decision differs, in [0, 1].</param>
    /// <returns>0 where no outcome of the rest changes the side; before the first vote 1.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A count is negative, or there are more correct votes than valid ones.</exception>
    public static double ChangeProbability(int correct, int valid, int left, double threshold) => ChangeProbability(correct, valid, left, [threshold]);

    /// <summary>The probability that the share of votes for Correct, once all are in, lies between other edges than now.</summary>
    /// <param name="correct">Votes for Correct so far.</param>
    /// <param name="valid">Votes that could be read so far.</param>
    /// <param name="left">Votes that are still out.</param>
    /// <param name="edges">The shares from which on the decision differs, in [0, 1].</param>
    /// <returns>0 where no outcome of the rest crosses an edge; before the first vote 1.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A count is negative, or there are more correct votes than valid ones.</exception>
    public static double ChangeProbability(int correct, int valid, int left, ReadOnlySpan<double> edges)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(correct);
        ArgumentOutOfRangeException.ThrowIfNegative(left);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(correct, valid);
        if (valid == 0)
        {
            return left == 0 ? 0 : 1;
        }

        int now = Below(edges, (double)correct / valid);
        double a = Prior + correct;
        double b = Prior + valid - correct;

        // Beta-binomial: the chance that j of the rest are for Correct, from j = 0 upwards.
        double chance = 1;
        for (int i = 0; i < left; i++)
        {
            chance *= (b + i) / (a + b + i);
        }

        double changed = 0;
        for (int j = 0; j <= left; j++)
        {
            changed += Below(edges, (double)(correct + j) / (valid + left)) == now ? 0 : chance;
            if (j < left)
            {
                chance *= (double)(left - j) / (j + 1) * ((a + j) / (b + left - j - 1));
            }
        }

        return changed;
    }

    private static int Below(ReadOnlySpan<double> edges, double share)
    {
        int below = 0;
        foreach (double edge in edges)
        {
            below += share >= edge ? 1 : 0;
        }

        return below;
    }
}
