namespace AutoMix.Statistics;

/// <summary>Whether two samples may come from one distribution.</summary>
public readonly struct TwoSampleTest
{
    internal TwoSampleTest(double statistic, double pValue)
    {
        Statistic = statistic;
        PValue = pValue;
    }

    /// <summary>The largest gap between the two empirical distribution functions.</summary>
    public double Statistic { get; }

    /// <summary>How likely a gap at least that large is where the distribution is one and the same.</summary>
    public double PValue { get; }

    private const int MostTerms = 100;

    /// <summary>The two-sample Kolmogorov-Smirnov test. With ties, as votes have, its p-value errs to the safe side.</summary>
    /// <param name="first">The first sample, not empty; NaN is left out.</param>
    /// <param name="second">The second sample, not empty; NaN is left out.</param>
    /// <exception cref="ArgumentException">A sample is empty.</exception>
    internal static TwoSampleTest KolmogorovSmirnov(ReadOnlySpan<double> first, ReadOnlySpan<double> second)
    {
        double[] a = Sorted(first);
        double[] b = Sorted(second);
        if (a.Length == 0 || b.Length == 0)
        {
            throw new ArgumentException("Both samples need at least one value.");
        }

        double gap = 0;
        int i = 0;
        int j = 0;
        while (i < a.Length && j < b.Length)
        {
            double at = Math.Min(a[i], b[j]);
            while (i < a.Length && a[i] <= at)
            {
                i++;
            }

            while (j < b.Length && b[j] <= at)
            {
                j++;
            }

            gap = Math.Max(gap, Math.Abs(((double)i / a.Length) - ((double)j / b.Length)));
        }

        double effective = Math.Sqrt((double)a.Length * b.Length / (a.Length + b.Length));
        return new(gap, Tail((effective + 0.12 + (0.11 / effective)) * gap));
    }

    private static double[] Sorted(ReadOnlySpan<double> values)
    {
        double[] sorted = [.. values.ToArray().Where(value => !double.IsNaN(value))];
        Array.Sort(sorted);
        return sorted;
    }

    // Kolmogorov's distribution: 2 sum (-1)^(k-1) exp(-2 k^2 x^2), with Stephens' correction for finite samples in x.
    private static double Tail(double x)
    {
        if (x < 0.2)
        {
            return 1;
        }

        double sum = 0;
        for (int k = 1; k <= MostTerms; k++)
        {
            double term = 2 * Math.Exp(-2.0 * k * k * x * x);
            sum += k % 2 == 1 ? term : -term;
            if (term < 1e-12)
            {
                break;
            }
        }

        return Math.Clamp(sum, 0, 1);
    }
}
