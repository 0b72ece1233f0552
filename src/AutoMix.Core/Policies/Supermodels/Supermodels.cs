namespace AutoMix.Policies;

/// <summary>
/// The quality of a supermodel: the expected maximum of its models' quality estimates, where those of models that have not
/// been called are normal around today's estimate, as they will change once the answer is seen.
/// </summary>
internal static class Supermodels
{
    /// <summary>Sets of uncalled models up to which all are enumerated.</summary>
    public const int MostEnumerated = 10;

    private const int Points = 48;
    private const double Reach = 4;

    /// <summary>The set of uncalled models (a bit mask over <paramref name="uncalled"/>) with the best quality minus price; 0 to stop.</summary>
    /// <param name="known">Best quality estimate among the called models; NaN if none is called, so that 0 is no choice.</param>
    /// <param name="uncalled">Models that may be called, in order.</param>
    /// <param name="quality">Quality estimate of every model.</param>
    /// <param name="deviation">How far the estimate of every model is expected to move.</param>
    /// <param name="price">Price of every model.</param>
    /// <param name="scope">Which sets are considered.</param>
    public static int Best(
        double known, ReadOnlySpan<int> uncalled, ReadOnlySpan<double> quality, ReadOnlySpan<double> deviation, ReadOnlySpan<double> price, SupermodelScope scope)
    {
        int n = Math.Min(uncalled.Length, MostEnumerated);
        Span<double> below = stackalloc double[MostEnumerated * Points];
        (double low, double width) = Tabulate(known, uncalled[..n], quality, deviation, below);
        int best = 0;
        double highest = double.IsNaN(known) ? double.NegativeInfinity : known;
        for (int set = 1; set < 1 << n; set++)
        {
            if (scope == SupermodelScope.Single && (set & (set - 1)) != 0)
            {
                continue;
            }

            if (scope == SupermodelScope.Prefix && (set & (set + 1)) != 0)
            {
                continue;
            }

            double value = (set & (set - 1)) == 0 && double.IsNaN(known)
                ? quality[uncalled[int.Log2(set)]]
                : ExpectedMaximum(set, n, low, width, below);
            for (int i = 0; i < n; i++)
            {
                value -= (set >> i & 1) != 0 ? price[uncalled[i]] : 0;
            }

            // Ties go to the smaller set: a cost without a gain is a loss to someone.
            if (value > highest + 1e-12)
            {
                highest = value;
                best = set;
            }
        }

        return best;
    }

    // P(estimate < x) of each model on a grid from the known quality (or far below all) to far above all.
    private static (double Low, double Width) Tabulate(
        double known, ReadOnlySpan<int> uncalled, ReadOnlySpan<double> quality, ReadOnlySpan<double> deviation, Span<double> below)
    {
        double low = double.IsNaN(known) ? double.PositiveInfinity : known;
        double high = double.IsNaN(known) ? double.NegativeInfinity : known;
        foreach (int m in uncalled)
        {
            low = double.IsNaN(known) ? Math.Min(low, quality[m] - (Reach * deviation[m])) : low;
            high = Math.Max(high, quality[m] + (Reach * deviation[m]));
        }

        double width = (high - low) / Points;
        for (int i = 0; i < uncalled.Length; i++)
        {
            for (int k = 0; k < Points; k++)
            {
                double x = low + ((k + 0.5) * width);
                below[(i * Points) + k] = Normal((x - quality[uncalled[i]]) / Math.Max(deviation[uncalled[i]], 1e-6));
            }
        }

        return (low, width);
    }

    // E[max] = low + integral of P(max > x) from low on.
    private static double ExpectedMaximum(int set, int n, double low, double width, ReadOnlySpan<double> below)
    {
        double sum = 0;
        for (int k = 0; k < Points; k++)
        {
            double all = 1;
            for (int i = 0; i < n; i++)
            {
                all *= (set >> i & 1) != 0 ? below[(i * Points) + k] : 1;
            }

            sum += 1 - all;
        }

        return low + (sum * width);
    }

    private static double Normal(double z) => 0.5 * MathNet.Numerics.SpecialFunctions.Erfc(-z / Math.Sqrt(2));
}
