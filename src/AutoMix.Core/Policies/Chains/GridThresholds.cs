namespace AutoMix.Policies;

/// <summary>A baseline: every chain of models with every combination of thresholds on a grid.</summary>
internal static class GridThresholds
{
    // Thresholds tried per model, by the length of the chain: long chains are many.
    private static readonly int[] GridSizes = [0, 0, 24, 12, 7, 5];
    private const int MostModels = 12;

    public static IReadOnlyList<Candidate> Enumerate(TraceTable table)
    {
        if (table.ModelCount > MostModels)
        {
            throw new ArgumentException($"'grid-thresholds' tries every chain of models, of at most {MostModels}; there are {table.ModelCount}. Take 'rational-thresholds', or traces of fewer models.", nameof(table));
        }

        var candidates = new List<Candidate>();
        double[][] seen = [.. Enumerable.Range(0, table.ModelCount).Select(m => (double[])[.. table.Confidences(m).Order()])];
        for (int chain = 1; chain < 1 << table.ModelCount; chain++)
        {
            int[] members = [.. Enumerable.Range(0, table.ModelCount).Where(m => (chain >> m & 1) != 0)];
            if (members.Length < GridSizes.Length)
            {
                double[] thresholds = new double[table.ModelCount];
                Array.Fill(thresholds, ThresholdPolicy.Skip);
                Enumerate(table, seen, members, 0, thresholds, candidates);
            }
        }

        return candidates;
    }

    private static void Enumerate(TraceTable table, double[][] seen, int[] members, int at, double[] thresholds, List<Candidate> candidates)
    {
        int model = members[at];
        if (at == members.Length - 1)
        {
            thresholds[model] = 0;
            double[] kept = [.. thresholds];
            (double quality, CascadeCost cost) = ThresholdPolicy.Measure(table, kept);
            candidates.Add(new Candidate(quality, 0, cost, () => new ThresholdPolicy("grid-thresholds", table.Models, kept)));
            return;
        }

        int size = GridSizes[members.Length];
        double last = double.NaN;
        for (int k = 1; k <= size; k++)
        {
            double threshold = seen[model].Length == 0 ? double.NaN : seen[model][(seen[model].Length - 1) * k / size];
            if (threshold > 0 && threshold != last)
            {
                last = threshold;
                thresholds[model] = threshold;
                Enumerate(table, seen, members, at + 1, thresholds, candidates);
            }
        }
    }
}
