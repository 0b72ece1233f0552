namespace AutoMix.Policies;

/// <summary>The meta-verifiers of AutoMix and its reference code: from bins of confidence to the sets of bins they would escalate.</summary>
internal static class PairMethods
{
    // The reference code's charge for a call of the large model, against a growing price of a wrong answer.
    private const double LargeCallPrice = 100;

    private const double SelfConsistencyThreshold = 0.5;
    private const double GainSmoothing = 2;

    // An answer is listed if it came up so often and escalating it gained more than one standard error.
    private const int LeastOccurrences = 5;

    /// <summary>The one edge of the reference code's self-consistency.</summary>
    public static readonly double[] Majority = [SelfConsistencyThreshold];

    /// <summary>Lists the policies that a method proposes for every pair of models, and each model alone: no method is asked to be worse than not using it.</summary>
    /// <param name="table">Training traces.</param>
    /// <param name="key">The key of the family.</param>
    /// <param name="method">From bins of confidence to the sets of bins that it would escalate.</param>
    /// <param name="edges">The edges of the bins; those of bins of equal weight and of equal width if null.</param>
    /// <param name="listAnswers">Whether telltale answers are escalated whatever their confidence.</param>
    public static IReadOnlyList<Candidate> Enumerate(
        TraceTable table, string key, Func<PairBins, IEnumerable<bool[]>> method, double[]? edges = null, bool listAnswers = false)
    {
        List<Candidate> candidates = [.. ThresholdPolicy.Singles(table, key)];
        for (int large = 1; large < table.ModelCount; large++)
        {
            for (int small = 0; small < large; small++)
            {
                ulong[] listed = listAnswers ? ListAnswers(table, small, large) : [];

                // Bins of equal width are the reference code's, made for shares of few verifications; token probabilities crowd near 1, and
                // only bins of equal weight tell them apart.
                double[][] choices = edges is not null ? [edges]
                    : [table.QuantileEdges(small, PairBins.Count), [.. Enumerable.Range(1, PairBins.Count - 1).Select(k => (double)k / PairBins.Count)]];
                foreach (double[] choice in choices)
                {
                    var bins = new PairBins(table, small, large, choice, listed);
                    candidates.AddRange(method(bins).Select(escalate => bins.Candidate(key, escalate) with { Group = 1 + (bins.Large * table.ModelCount) + bins.Small }));
                }
            }
        }

        return candidates;
    }

    /// <summary>Escalates up to a threshold.</summary>
    public static IEnumerable<bool[]> Threshold(PairBins bins)
    {
        int n = bins.Edges.Length + 1;
        for (int end = 0; end <= n; end++)
        {
            yield return Mark(n, (0, end));
        }
    }

    /// <summary>Escalates between two thresholds: below the lower one, the large model fails too.</summary>
    public static IEnumerable<bool[]> DoubleThreshold(PairBins bins)
    {
        int n = bins.Edges.Length + 1;
        for (int start = 0; start < n; start++)
        {
            for (int end = start + 1; end <= n; end++)
            {
                yield return Mark(n, (start, end));
            }
        }
    }

    /// <summary>Escalates up to a first threshold, and between a second and a third.</summary>
    public static IEnumerable<bool[]> TripleThreshold(PairBins bins)
    {
        int n = bins.Edges.Length + 1;
        for (int first = 0; first < n; first++)
        {
            for (int start = first; start < n; start++)
            {
                for (int end = start; end <= n; end++)
                {
                    yield return Mark(n, (0, first), (start, end));
                }
            }
        }
    }

    /// <summary>Escalates bins in which fewer than half of the verifications say yes.</summary>
    public static IEnumerable<bool[]> SelfConsistency(PairBins bins)
    {
        int n = bins.Edges.Length + 1;
        yield return Mark(n, (0, PairPolicy.Bin(bins.Edges, SelfConsistencyThreshold)));
    }

    /// <summary>
    /// The single-step POMDP over the states needy, good and hopeless: for a price r of a wrong answer, a bin is escalated where
    /// r P(needy) + P(hopeless) > 100. All prices are tried by going through the bins in the order in which they give way.
    /// </summary>
    public static IEnumerable<bool[]> PomdpSimple(PairBins bins)
    {
        int n = bins.Edges.Length + 1;
        double[] breakEven = new double[n];
        for (int bin = 0; bin < n; bin++)
        {
            double total = bins.Needy[bin] + bins.Good[bin] + bins.Hopeless[bin];
            breakEven[bin] = bins.Needy[bin] > 0 ? (LargeCallPrice - (bins.Hopeless[bin] / total)) / (bins.Needy[bin] / total) : double.PositiveInfinity;
        }

        yield return new bool[n];
        foreach (double price in breakEven.Where(double.IsFinite).Distinct().Order())
        {
            yield return [.. breakEven.Select(b => b <= price)];
        }
    }

    /// <summary>Escalates bins in the order of their smoothed gain in quality, as many as pay.</summary>
    public static IEnumerable<bool[]> GreedyPomdp(PairBins bins)
    {
        int n = bins.Edges.Length + 1;
        double[] gain = Smooth([.. Enumerable.Range(0, n).Select(bins.Gain)]);
        bool[] escalate = new bool[n];
        yield return (bool[])escalate.Clone();
        foreach (int bin in Enumerable.Range(0, n).OrderByDescending(bin => gain[bin]))
        {
            escalate[bin] = true;
            yield return (bool[])escalate.Clone();
        }
    }

    /// <summary>Lists the proposals of the four methods of the reference code's POMDP.</summary>
    public static IEnumerable<bool[]> Union(PairBins bins) =>
        PomdpSimple(bins).Concat(GreedyPomdp(bins)).Concat(DoubleThreshold(bins)).Concat(Threshold(bins));

    private static ulong[] ListAnswers(TraceTable table, int small, int large)
    {
        var listed = new List<ulong>();
        double overall = table.MeanQuality(large) - table.MeanQuality(small);
        foreach (IGrouping<ulong, int> rows in Enumerable.Range(0, table.RowCount).GroupBy(row => table.AnswerKey(row, small)))
        {
            double[] gains = [.. rows.Select(row => table.Quality(row, large) - table.Quality(row, small))];
            double mean = gains.Average();
            double error = Math.Sqrt(gains.Sum(gain => (gain - mean) * (gain - mean)) + 1) / gains.Length;

            // Only answers that stand out: if escalating pays for every answer, the threshold says so already.
            if (rows.Key != 0 && gains.Length >= LeastOccurrences && mean - error > Math.Max(overall, 0))
            {
                listed.Add(rows.Key);
            }
        }

        return [.. listed.Order()];
    }

    private static bool[] Mark(int bins, params ReadOnlySpan<(int Start, int End)> ranges)
    {
        bool[] marked = new bool[bins];
        foreach ((int start, int end) in ranges)
        {
            Array.Fill(marked, true, start, end - start);
        }

        return marked;
    }

    // A Gaussian over neighbouring bins, mirrored at the ends.
    private static double[] Smooth(double[] values)
    {
        int n = values.Length;
        double[] smooth = new double[n];
        int reach = (int)(4 * GainSmoothing);
        for (int i = 0; i < n; i++)
        {
            double sum = 0;
            double weight = 0;
            for (int d = -reach; d <= reach; d++)
            {
                int j = (((i + d) % (2 * n)) + (2 * n)) % (2 * n);
                double w = Math.Exp(-d * d / (2 * GainSmoothing * GainSmoothing));
                sum += w * values[j < n ? j : (2 * n) - 1 - j];
                weight += w;
            }

            smooth[i] = sum / weight;
        }

        return smooth;
    }
}
