using AutoMix.Evaluation;
using AutoMix.Statistics;

namespace AutoMix.Benchmarks.TraceStudy;

/// <summary>The figures of a set of policies on one set's test queries, with intervals. Costs are shares of the best single model's.</summary>
internal sealed record StudyFigures
{
    /// <summary>Shares of the best model's accuracy at which costs are given.</summary>
    public static readonly double[] Levels = [1, 0.99, 0.98, 0.95];

    /// <summary>Cost at each level on the upper hull of the policies and single models, both on test: optimistic.</summary>
    public required MetricEstimate[] Mixed { get; init; }

    /// <summary>The same on the hull taken on training data, walked on test; infinite where it never gets there.</summary>
    public required MetricEstimate[] Walked { get; init; }

    /// <summary>Walked cost at 99 % less that of random mix; 0 where neither gets there.</summary>
    public required MetricEstimate WalkedLessRandomMix { get; init; }

    /// <summary>Mean height of the policies' hull between the cheapest and the dearest single model.</summary>
    public required MetricEstimate Aiq { get; init; }

    /// <summary>Gain of the hull with single models over the hull of single models, both on test.</summary>
    public required MetricEstimate AiqGain { get; init; }

    /// <summary>The same gain with both hulls taken on training data: what was chosen there, with its luck gone.</summary>
    public required MetricEstimate WalkedGain { get; init; }

    /// <summary>RouteLLM's average performance gap recovered, walked.</summary>
    public required MetricEstimate Apgr { get; init; }

    /// <summary>Share of the extra cost at which half of the performance gap is recovered, walked.</summary>
    public required MetricEstimate HalfGap { get; init; }

    /// <summary>The same for 80 % of the gap.</summary>
    public required MetricEstimate MostOfGap { get; init; }

    public static StudyFigures Measure(StudySet set, Trial trial)
    {
        int singles = set.Alone.Length;
        var trainingHull = new CostQualityHull([.. set.TrainSingles, .. trial.Training]);
        var trainingSingles = new CostQualityHull(set.TrainSingles);
        int weak = Enumerable.Range(0, singles).OrderBy(m => set.TestSingles[m].Cost).ThenByDescending(m => set.TestSingles[m].Accuracy).First();
        IReadOnlyList<MetricEstimate> figures = PairedBootstrap.Intervals([.. set.Alone, .. trial.Offered], Figures);
        int levels = Levels.Length;
        return new StudyFigures
        {
            Mixed = [.. figures.Take(levels)],
            Walked = [.. figures.Skip(levels).Take(levels)],
            WalkedLessRandomMix = figures[2 * levels],
            Aiq = figures[(2 * levels) + 1],
            AiqGain = figures[(2 * levels) + 2],
            WalkedGain = figures[(2 * levels) + 3],
            Apgr = figures[(2 * levels) + 4],
            HalfGap = figures[(2 * levels) + 5],
            MostOfGap = figures[(2 * levels) + 6],
        };

        IReadOnlyList<double> Figures(IReadOnlyList<CostQuality> points)
        {
            CostQuality best = points[set.Best];
            CostQuality[] alone = [.. points.Take(singles)];
            var hull = new CostQualityHull(points);
            CostQualityLine walked = trainingHull.On(points);
            CostQualityLine coins = trainingSingles.On(alone);
            double low = alone.Min(point => point.Cost);
            double high = alone.Max(point => point.Cost);
            double Height(Func<double, double, double> mean) => high > low ? mean(low, high) : double.NaN;
            bool gap = points[weak].Cost < best.Cost && points[weak].Accuracy < best.Accuracy;
            return
            [
                .. Levels.Select(level => Share(hull.CostToReach(level * best.Accuracy), best)),
                .. Levels.Select(level => Share(walked.CostToReach(level * best.Accuracy), best)),
                Difference(Share(walked.CostToReach(0.99 * best.Accuracy), best), Share(coins.CostToReach(0.99 * best.Accuracy), best)),
                Height(new CostQualityHull(points.Skip(singles)).MeanAccuracy),
                Height(hull.MeanAccuracy) - Height(new CostQualityHull(alone).MeanAccuracy),
                Gain(walked, coins, low, high),
                gap ? PerformanceGap.Average(walked, points[weak], best) : double.NaN,
                gap ? PerformanceGap.CallThreshold(walked, 0.5, points[weak], best) ?? double.PositiveInfinity : double.NaN,
                gap ? PerformanceGap.CallThreshold(walked, 0.8, points[weak], best) ?? double.PositiveInfinity : double.NaN,
            ];
        }
    }

    /// <summary>The mean of <see cref="WalkedGain"/> over trials on the same test queries.</summary>
    /// <param name="sets">The set of each trial: training traces may differ.</param>
    /// <param name="trials">One per set.</param>
    public static MetricEstimate MeanGain(IReadOnlyList<StudySet> sets, IReadOnlyList<Trial> trials)
    {
        int singles = sets[0].Alone.Length;
        CostQualityHull[] hulls = [.. sets.Select((set, i) => new CostQualityHull([.. set.TrainSingles, .. trials[i].Training]))];
        CostQualityHull[] coins = [.. sets.Select(set => new CostQualityHull(set.TrainSingles))];
        return PairedBootstrap.Intervals([.. sets[0].Alone, .. trials.SelectMany(trial => trial.Offered)], points =>
        {
            CostQuality[] alone = [.. points.Take(singles)];
            (double low, double high) = (alone.Min(point => point.Cost), alone.Max(point => point.Cost));
            double gain = 0;
            int start = singles;
            for (int i = 0; i < hulls.Length; i++)
            {
                int count = trials[i].Offered.Length;
                gain += Gain(hulls[i].On([.. alone, .. points.Skip(start).Take(count)]), coins[i].On(alone), low, high) / hulls.Length;
                start += count;
            }

            return [gain];
        })[0];
    }

    private static double Gain(CostQualityLine line, CostQualityLine coins, double low, double high) =>
        high > low ? line.MeanAccuracy(low, high) - coins.MeanAccuracy(low, high) : double.NaN;

    // Where neither gets there, neither is ahead.
    private static double Difference(double one, double other) => double.IsInfinity(one) && double.IsInfinity(other) ? 0 : one - other;

    private static double Share(double? cost, CostQuality best) => cost is not { } dollars ? double.PositiveInfinity : best.Cost > 0 ? dollars / best.Cost : double.NaN;
}
