namespace AutoMix.Benchmarks.LearningStudy;

/// <summary>Labels that are missing not at random: what the accuracy of the first model looks like with and without weights.</summary>
internal static class MissingLabels
{
    /// <summary>One run.</summary>
    /// <param name="Truth">The accuracy among all requests that arrived.</param>
    /// <param name="Labelled">The share of requests that were labelled.</param>
    /// <param name="Naive">The mean of the labels.</param>
    /// <param name="Weighted">Their mean by inverse propensity.</param>
    /// <param name="HalfWidth">Half of the 95 % interval around it.</param>
    public readonly record struct Estimate(double Truth, double Labelled, double Naive, double Weighted, double HalfWidth)
    {
        public bool IsWithin => Math.Abs(Weighted - Truth) <= HalfWidth;
    }

    public static Estimate Run(TraceTable table, int seed, int requests = 400)
    {
        int[] order = [.. Enumerable.Range(0, table.RowCount)];
        var random = new Random(seed);
        random.Shuffle(order);
        order = order[..Math.Min(requests, order.Length)];
        (double Quality, double Weight)[] labels = [.. order
            .Where(row => random.NextDouble() < RegretStudy.Propensity(table, row))
            .Select(row => (table.Quality(row, 0), 1 / RegretStudy.Propensity(table, row)))];
        double total = labels.Sum(l => l.Weight);
        double mean = labels.Sum(l => l.Weight * l.Quality) / total;

        // Linearised variance of a ratio of sums (Hajek's estimator), for the labels as a sample of the requests.
        double variance = labels.Sum(l => l.Weight * (l.Weight - 1) * (l.Quality - mean) * (l.Quality - mean)) / (total * total);
        return new(order.Average(row => table.Quality(row, 0)), labels.Length / (double)order.Length, labels.Average(l => l.Quality), mean, 1.96 * Math.Sqrt(variance));
    }
}
