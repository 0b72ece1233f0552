using MathNet.Numerics.Distributions;

namespace AutoMix.Learning;

/// <summary>What a statistic of weighted rows may as well have been (Rubin, 1981): the rows' weights are drawn from their Dirichlet posterior.</summary>
/// <remarks>Rows of weight n count as n rows that are alike. Seeded: the same weights give the same draws.</remarks>
internal static class BayesianBootstrap
{
    private const int Seed = 1;

    /// <param name="weights">Weights of the rows, which sum to the number of rows of equal weight that would say as much.</param>
    /// <param name="draws">How many draws.</param>
    /// <param name="statistic">From weights, not normalised, to the statistic.</param>
    public static double[] Draw(double[] weights, int draws, Func<double[], double> statistic)
    {
        var random = new Random(Seed);
        double[] drawn = new double[weights.Length];
        double[] results = new double[draws];
        for (int draw = 0; draw < draws; draw++)
        {
            for (int row = 0; row < drawn.Length; row++)
            {
                drawn[row] = weights[row] > 0 ? Gamma.Sample(random, weights[row], 1) : 0;
            }

            results[draw] = statistic(drawn);
        }

        return results;
    }
}
