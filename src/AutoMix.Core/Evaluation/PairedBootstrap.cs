using System.Numerics.Tensors;
using AutoMix.Statistics;

namespace AutoMix.Evaluation;

/// <summary>Bootstrap intervals of figures that compare policies on the same queries.</summary>
/// <remarks>Percentile intervals (Efron, 1979); rows are resampled as pairs, so that what is common to all policies cancels.</remarks>
public static class PairedBootstrap
{
    /// <summary>The ratio of two means, such as accuracy relative to the best model's, with its interval.</summary>
    /// <param name="numerator">One value per query.</param>
    /// <param name="denominator">One value per query, same length.</param>
    /// <param name="level">Confidence level, in (0, 1).</param>
    /// <param name="resamples">Number of resamples, 1 or more.</param>
    /// <param name="seed">Seed.</param>
    /// <exception cref="ArgumentException">The lengths differ or are 0.</exception>
    public static MetricEstimate Ratio(
        IReadOnlyList<double> numerator, IReadOnlyList<double> denominator, double level = 0.95, int resamples = 1000, int seed = 1)
    {
        ArgumentNullException.ThrowIfNull(numerator);
        ArgumentNullException.ThrowIfNull(denominator);
        if (numerator.Count == 0 || numerator.Count != denominator.Count)
        {
            throw new ArgumentException($"Give one value per query to both; got {numerator.Count} and {denominator.Count}.");
        }

        Check(level, resamples);
        double[] above = [.. numerator];
        double[] below = [.. denominator];
        double[] ratios = new double[resamples];
        Resample(above.Length, resamples, seed, (i, times) => ratios[i] = TensorPrimitives.Dot<double>(above, times) / TensorPrimitives.Dot<double>(below, times));
        (double low, double high) = Between(ratios, level);
        return new(TensorPrimitives.Sum<double>(above) / TensorPrimitives.Sum<double>(below), low, high);
    }

    /// <summary>The intervals of any figures that are functions of the policies' operating points.</summary>
    /// <param name="policies">At least one policy, all run over the same queries.</param>
    /// <param name="figures">
    /// From the policies' points on a resample of the queries, in the order of <paramref name="policies"/>, to figures. Positive infinity
    /// stands for what is never reached.
    /// </param>
    /// <param name="level">Confidence level, in (0, 1).</param>
    /// <param name="resamples">Number of resamples, 1 or more.</param>
    /// <param name="seed">Seed.</param>
    /// <returns>One estimate per figure: its value on all queries, and the interval.</returns>
    /// <exception cref="ArgumentException">There is no policy, or they were run over different numbers of queries.</exception>
    public static IReadOnlyList<MetricEstimate> Intervals(
        IReadOnlyList<PolicyEvaluation> policies,
        Func<IReadOnlyList<CostQuality>, IReadOnlyList<double>> figures,
        double level = 0.95,
        int resamples = 1000,
        int seed = 1)
    {
        ArgumentNullException.ThrowIfNull(policies);
        ArgumentNullException.ThrowIfNull(figures);
        if (policies.Count == 0 || policies.Any(policy => policy.Quality.Count != policies[0].Quality.Count))
        {
            throw new ArgumentException("Give at least one policy, and run all over the same queries.", nameof(policies));
        }

        Check(level, resamples);
        (double[] Quality, double[] Cost)[] rows = [.. policies.Select(policy => ((double[])[.. policy.Quality], (double[])[.. policy.Cost]))];
        int queries = rows[0].Quality.Length;
        IReadOnlyList<double> values = figures([.. policies.Select(policy => policy.Mean)]);
        double[][] resampled = [.. values.Select(_ => new double[resamples])];
        Resample(queries, resamples, seed, (i, times) =>
        {
            var points = new CostQuality[rows.Length];
            for (int p = 0; p < points.Length; p++)
            {
                points[p] = new(TensorPrimitives.Dot<double>(rows[p].Quality, times) / queries, TensorPrimitives.Dot<double>(rows[p].Cost, times) / queries);
            }

            IReadOnlyList<double> of = figures(points);
            for (int f = 0; f < resampled.Length; f++)
            {
                resampled[f][i] = of[f];
            }
        });
        return [.. values.Select((value, f) =>
        {
            (double low, double high) = Between(resampled[f], level);
            return new MetricEstimate(value, low, high);
        })];
    }

    private static void Check(double level, int resamples)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(resamples, 1);
        if (!(level > 0 && level < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(level), level, "A confidence level is a number between 0 and 1.");
        }
    }

    // How often each query is drawn, per resample.
    private static void Resample(int queries, int resamples, int seed, Action<int, double[]> use)
    {
        var random = new Random(seed);
        double[] times = new double[queries];
        for (int i = 0; i < resamples; i++)
        {
            Array.Clear(times);
            for (int draw = 0; draw < queries; draw++)
            {
                times[random.Next(queries)]++;
            }

            use(i, times);
        }
    }

    private static (double Low, double High) Between(double[] resampled, double level)
    {
        Array.Sort(resampled);
        int tail = (int)((1 - level) / 2 * resampled.Length);
        return (resampled[tail], resampled[^(tail + 1)]);
    }
}
