namespace AutoMix.Metrics;

/// <summary>Bootstrap intervals of figures that compare two policies on the same queries.</summary>
/// <remarks>Percentile intervals (Efron, 1979); rows are resampled as pairs, so that what is common to both policies cancels.</remarks>
public static class PairedBootstrap
{
    /// <summary>The interval of the ratio of two means, such as accuracy relative to the best model's.</summary>
    /// <param name="numerator">One value per query.</param>
    /// <param name="denominator">One value per query, same length.</param>
    /// <param name="level">Confidence level, in (0, 1).</param>
    /// <param name="resamples">Number of resamples, 1 or more.</param>
    /// <param name="seed">Seed.</param>
    /// <exception cref="ArgumentException">The lengths differ or are 0.</exception>
    public static (double Low, double High) RatioInterval(
        IReadOnlyList<double> numerator, IReadOnlyList<double> denominator, double level = 0.95, int resamples = 1000, int seed = 1)
    {
        ArgumentNullException.ThrowIfNull(numerator);
        ArgumentNullException.ThrowIfNull(denominator);
        ArgumentOutOfRangeException.ThrowIfLessThan(resamples, 1);
        if (numerator.Count == 0 || numerator.Count != denominator.Count)
        {
            throw new ArgumentException($"Give one value per query to both; got {numerator.Count} and {denominator.Count}.");
        }

        if (!(level > 0 && level < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(level), level, "A confidence level is a number between 0 and 1.");
        }

        var random = new Random(seed);
        double[] ratios = new double[resamples];
        for (int i = 0; i < resamples; i++)
        {
            double above = 0;
            double below = 0;
            for (int draw = 0; draw < numerator.Count; draw++)
            {
                int row = random.Next(numerator.Count);
                above += numerator[row];
                below += denominator[row];
            }

            ratios[i] = above / below;
        }

        Array.Sort(ratios);
        int tail = (int)((1 - level) / 2 * resamples);
        return (ratios[tail], ratios[resamples - 1 - tail]);
    }
}
