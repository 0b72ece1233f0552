namespace AutoMix.Policies;

/// <summary>The families of AutoMix's meta-verifiers: every pair of models is tried, and the pair and parameter that serve an objective best are kept.</summary>
internal static class PairFamilies
{
    private const string Paper = "AutoMix (Aggarwal, Madaan et al., 2023)";
    private const PolicyNeeds Needs = PolicyNeeds.Labels | PolicyNeeds.Prices | PolicyNeeds.Confidences;

    // An answer is listed where it came up so often and escalating it gained more than one standard error.
    private const int LeastOccurrences = 5;

    public static IReadOnlyList<PolicyFamily> All { get; } =
    [
        Family("pomdp-simple", $"{Paper}, reference code: one-step POMDP over needy, good and hopeless", PairMethods.PomdpSimple),
        Family("greedy-pomdp", $"{Paper}, reference code: bins by smoothed gain", PairMethods.GreedyPomdp),
        Family("double-threshold", $"{Paper}, reference code: escalate between two thresholds", PairMethods.DoubleThreshold),
        Family("triple-threshold", $"{Paper}, reference code: escalate in two ranges", PairMethods.TripleThreshold),
        new("self-consistency", $"{Paper}, reference code: majority of verifications", table => Train(table, "self-consistency", PairMethods.SelfConsistency, fixedEdges: true), Needs),
        Family("union", $"{Paper}, reference code: the best of its methods on the training traces", PairMethods.Union),
        new("fixed-answer", $"{Paper}, reference code: threshold, and a list of answers that always escalate", FixedAnswer, Needs | PolicyNeeds.Answers),
    ];

    private static PolicyFamily Family(string key, string citation, Func<PairBins, IEnumerable<bool[]>> method) =>
        new(key, citation, table => Train(table, key, method), Needs);

    private static TrainedFamily Train(TraceTable table, string key, Func<PairBins, IEnumerable<bool[]>> method, bool fixedEdges = false) =>
        FamilyTraining.BestOf(table, rows => Enumerate(
            rows, pair => [.. Edges(rows, pair.Small, fixedEdges).Select(edges => new PairBins(rows, pair.Small, pair.Large, edges))], key, method));

    private static TrainedFamily FixedAnswer(TraceTable table) =>
        FamilyTraining.BestOf(table, rows => Enumerate(
            rows,
            pair =>
            {
                ulong[] listed = ListAnswers(rows, pair.Small, pair.Large);
                return [.. Edges(rows, pair.Small, fixedEdges: false).Select(edges => new PairBins(rows, pair.Small, pair.Large, edges, listed))];
            },
            "fixed-answer",
            PairMethods.Threshold));

    private static List<Candidate> Enumerate(
        TraceTable table, Func<(int Small, int Large), PairBins[]> bins, string key, Func<PairBins, IEnumerable<bool[]>> method)
    {
        var candidates = new List<Candidate>(Singles(table, key));
        for (int large = 1; large < table.ModelCount; large++)
        {
            for (int small = 0; small < large; small++)
            {
                foreach (PairBins pair in bins((small, large)))
                {
                    candidates.AddRange(method(pair).Select(escalate => pair.Candidate(key, escalate) with { Group = 1 + (large * table.ModelCount) + small }));
                }
            }
        }

        return candidates;
    }

    // No method is asked to be worse than not using it.
    private static IEnumerable<Candidate> Singles(TraceTable table, string key) =>
        Enumerable.Range(0, table.ModelCount).Select(m => Candidate.Measure(ChainFamilies.Single(key, table.Models, m), table));

    // Bins of equal width are the reference code's, made for shares of few verifications; token probabilities crowd near 1,
    // where only bins of equal weight tell them apart.
    private static double[][] Edges(TraceTable table, int small, bool fixedEdges) => fixedEdges
        ? [[0.5]]
        : [PairBins.QuantileEdges(table, small), [.. Enumerable.Range(1, PairBins.Count - 1).Select(k => (double)k / PairBins.Count)]];

    private static ulong[] ListAnswers(TraceTable table, int small, int large)
    {
        var listed = new List<ulong>();
        foreach (IGrouping<ulong, int> rows in Enumerable.Range(0, table.RowCount).GroupBy(row => table.AnswerKey(row, small)))
        {
            double[] gains = [.. rows.Select(row => table.Quality(row, large) - table.Quality(row, small))];
            double mean = gains.Average();
            double overall = Enumerable.Range(0, table.RowCount).Average(row => table.Quality(row, large) - table.Quality(row, small));
            double error = Math.Sqrt(gains.Sum(gain => (gain - mean) * (gain - mean)) + 1) / gains.Length;

            // Only what stands out: where escalating pays for every answer, the threshold says so already.
            if (rows.Key != 0 && gains.Length >= LeastOccurrences && mean - error > Math.Max(overall, 0))
            {
                listed.Add(rows.Key);
            }
        }

        return [.. listed.Order()];
    }
}
