namespace AutoMix;

/// <summary>
/// Which answers agree, given who is correct. An answer joins group g of earlier, agreeing answers with probability
/// o_g / (1 + sum of o), and is new with probability 1 / (1 + sum of o), where the odds o_g depend on correctness, on the size of
/// the group, and on who its members are.
/// </summary>
/// <remarks>
/// The size matters because wrong answers attract each other unequally: where two models have made the same mistake, a third
/// makes it far more often than two models agree on a mistake in the first place (measured on mmlu: .71 against .43).
/// Ignoring that makes several small models that agree look like proof. The form is that of a Chinese restaurant process.
/// </remarks>
internal sealed class AgreementModel
{
    /// <summary>Group sizes told apart: 1, 2, and 3 or more.</summary>
    public const int GroupSizes = 3;

    // Queries' worth of weight with which each pair is pulled to what all pairs have in common.
    private const double PairWeight = 20;

    // The same, for what all pairs have in common to a guess: correct answers mostly agree, wrong ones sometimes, a correct
    // and a wrong one never (but for grading noise); larger groups attract more.
    private const double GuessWeight = 5;
    private const double GuessMixed = 0.002;
    private const double Least = 1e-4;
    private static readonly double[] GuessGood = [0.8, 0.9, 0.95];
    private static readonly double[] GuessBad = [0.2, 0.5, 0.65];
    private readonly int _models;
    private readonly double[] _odds;
    private readonly double[] _growth;

    /// <param name="models">Number of models.</param>
    /// <param name="odds">Odds of agreeing with one earlier answer: earlier x later x earlier correct x later correct.</param>
    /// <param name="growth">Factor on the odds by group size: {wrong, correct} x sizes.</param>
    public AgreementModel(int models, double[] odds, double[] growth)
    {
        _models = models;
        _odds = odds;
        _growth = growth;
    }

    public ReadOnlySpan<double> OddsTable => _odds;

    public ReadOnlySpan<double> GrowthTable => _growth;

    /// <summary>Odds that the later model's answer is the same as one earlier answer that stands alone.</summary>
    public double Odds(int earlier, int later, bool earlierGood, bool laterGood) => Pair(earlier, later)[(earlierGood ? 2 : 0) + (laterGood ? 1 : 0)];

    /// <summary>The odds of a pair of models: both wrong, only the later correct, only the earlier correct, both correct.</summary>
    public ReadOnlySpan<double> Pair(int earlier, int later) => _odds.AsSpan(((earlier * _models) + later) * 4, 4);

    /// <summary>Factor on the mean odds over a group's members, by its size.</summary>
    public double Growth(bool laterGood, int size) => _growth[((laterGood ? 1 : 0) * GroupSizes) + Math.Min(size, GroupSizes) - 1];

    /// <summary>The same for some of the models.</summary>
    public AgreementModel Select(int[] models) =>
        new(models.Length, [.. models.SelectMany(earlier => models.SelectMany(later => _odds.AsSpan(((earlier * _models) + later) * 4, 4).ToArray()))], _growth);

    public static AgreementModel Fit(CascadeCounts counts, double temper)
    {
        int n = counts.Models.Count;
        double[] growth = new double[2 * GroupSizes];
        double[] odds = new double[n * n * 4];
        for (int good = 0; good < 2; good++)
        {
            double alone = 0;
            for (int size = 1; size <= GroupSizes; size++)
            {
                (double joined, double total) = counts.Joining(good == 1, size);
                double guess = (good == 1 ? GuessGood : GuessBad)[size - 1];
                double ofSize = Odds((joined + (GuessWeight * guess)) / (total + GuessWeight));
                alone = size == 1 ? ofSize : alone;
                growth[(good * GroupSizes) + size - 1] = ofSize / alone;
            }

            FillPairs(counts, good == 1, good == 1, alone, odds);
            FillPairs(counts, good == 1, good == 0, Odds(GuessMixed), odds);
        }

        Temper(odds, temper);
        Temper(growth, temper);
        return new AgreementModel(n, odds, growth);
    }

    // A pair's own share of agreements relative to all pairs', applied to the odds of agreeing with an answer that stands alone.
    private static void FillPairs(CascadeCounts counts, bool earlierGood, bool laterGood, double alone, double[] odds)
    {
        int n = counts.Models.Count;
        (double pooledSame, double pooledTotal) = Pool(counts, earlierGood, laterGood);
        double pooled = (pooledSame + (GuessWeight * alone / (1 + alone))) / (pooledTotal + GuessWeight);
        for (int earlier = 0; earlier < n; earlier++)
        {
            for (int later = 0; later < n; later++)
            {
                // Called out of order, a pair is looked up the other way round; agreement itself is symmetric.
                (double s, double t) = earlier < later
                    ? counts.Agreement(earlier, later, earlierGood, laterGood)
                    : counts.Agreement(later, earlier, laterGood, earlierGood);
                double own = Odds((s + (PairWeight * pooled)) / (t + PairWeight));
                odds[(((earlier * n) + later) * 4) + (earlierGood ? 2 : 0) + (laterGood ? 1 : 0)] = alone * own / Odds(pooled);
            }
        }
    }

    private static (double Same, double Total) Pool(CascadeCounts counts, bool earlierGood, bool laterGood)
    {
        double same = 0;
        double total = 0;
        for (int later = 1; later < counts.Models.Count; later++)
        {
            for (int earlier = 0; earlier < later; earlier++)
            {
                (double s, double t) = counts.Agreement(earlier, later, earlierGood, laterGood);
                (double s2, double t2) = counts.Agreement(earlier, later, laterGood, earlierGood);
                same += s + s2;
                total += t + t2;
            }
        }

        return (same, total);
    }

    private static void Temper(Span<double> odds, double temper)
    {
        foreach (ref double o in odds)
        {
            o = Math.Pow(o, temper);
        }
    }

    private static double Odds(double share)
    {
        double p = Math.Clamp(share, Least, 1 - Least);
        return p / (1 - p);
    }
}
