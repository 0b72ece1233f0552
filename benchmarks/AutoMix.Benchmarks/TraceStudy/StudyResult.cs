using AutoMix.Metrics;
using AutoMix.Policies;

namespace AutoMix.Benchmarks.TraceStudy;

/// <summary>What one policy family reaches on one set. Costs are shares of the best single model's cost on the test set.</summary>
/// <param name="Policy">The family's key.</param>
/// <param name="Mixed">Cost at 99, 98 and 95 % of the best accuracy on the upper hull of the family's points and single models, both on test: optimistic.</param>
/// <param name="Walked">The same on the hull taken on training data, walked on test; null where it never gets there.</param>
/// <param name="Aiq">Mean height of the family's hull between the cheapest and the dearest single model.</param>
/// <param name="AiqGain">Gain of the hull with single models over the hull of single models.</param>
/// <param name="Kept">What keeping 95, 98 and 99 % gave, the operating point chosen on training data.</param>
/// <param name="Points">The family's points on test.</param>
/// <param name="Seconds">Seconds to train.</param>
internal sealed record StudyResult(
    string Policy, double?[] Mixed, double?[] Walked, double Aiq, double AiqGain, Kept[] Kept, CostQuality[] Points, double Seconds)
{
    public static readonly double[] Levels = [0.99, 0.98, 0.95];
    public static readonly double[] Shares = [0.95, 0.98, 0.99];

    public static StudyResult Measure(PolicyFamily family, StudySet set)
    {
        long started = System.Diagnostics.Stopwatch.GetTimestamp();
        TrainedFamily trained = family.Train(set.Train);
        IReadOnlyList<(CostQuality Training, ICascadePolicy Policy)> offered = trained.Offered();
        Kept[] kept = [.. Shares.Select(share => KeptOf(trained, share, set))];
        double seconds = System.Diagnostics.Stopwatch.GetElapsedTime(started).TotalSeconds;
        CostQuality[] points = [.. offered.Select(offer => PolicyEvaluation.Run(offer.Policy, set.Test).Mean)];
        return Of(family.Key, [.. offered.Select(offer => offer.Training)], points, kept, set, seconds);
    }

    /// <summary>An evaluation baseline of the registry.</summary>
    public static StudyResult Baseline(string key, StudySet set) => key switch
    {
        "random-mix" => RandomMix(set),
        "oracle" => Oracle(set),
        _ => throw new ArgumentException($"The study does not know the baseline '{key}'.", nameof(key)),
    };

    /// <summary>The baseline that nothing may lose to: a coin between single models.</summary>
    private static StudyResult RandomMix(StudySet set)
    {
        Kept[] kept = [.. Shares.Select(share =>
        {
            double target = share * set.TrainSingles.Max(single => single.Accuracy);
            CostQuality reached = Walk(new CostQualityHull(set.TrainSingles), set.TrainSingles, set.TestSingles, target);
            return new Kept(reached.Accuracy / set.TestSingles[set.Best].Accuracy, null, reached.Cost / set.TestSingles[set.Best].Cost);
        })];
        return Of("random-mix", set.TrainSingles, set.TestSingles, kept, set, 0);
    }

    /// <summary>The cheapest correct model where one is correct, the cheapest of all where none is: knows the answers.</summary>
    private static StudyResult Oracle(StudySet set)
    {
        double quality = 0;
        double cost = 0;
        for (int row = 0; row < set.Test.RowCount; row++)
        {
            int model = Enumerable.Range(0, set.Test.ModelCount)
                .OrderByDescending(m => set.Test.Quality(row, m)).ThenBy(m => set.Test.AnswerCost(row, m)).First();
            quality += set.Test.Quality(row, model) / set.Test.RowCount;
            cost += set.Test.AnswerCost(row, model) / set.Test.RowCount;
        }

        CostQuality[] point = [new(quality, cost)];
        var kept = new Kept(quality / set.TestSingles[set.Best].Accuracy, null, cost / set.TestSingles[set.Best].Cost);
        return Of("oracle", point, point, [kept, kept, kept], set, 0);
    }

    private static StudyResult Of(string policy, CostQuality[] training, CostQuality[] test, Kept[] kept, StudySet set, double seconds)
    {
        CostQuality best = set.TestSingles[set.Best];
        CostQuality[] withSingles = [.. test, .. set.TestSingles];
        CostQuality[] trainWithSingles = [.. training, .. set.TrainSingles];
        var trainHull = new CostQualityHull(trainWithSingles);
        double low = set.TestSingles.Min(single => single.Cost);
        double high = set.TestSingles.Max(single => single.Cost);
        return new StudyResult(
            policy,
            [.. Levels.Select(level => new CostQualityHull(withSingles).CostToReach(level * best.Accuracy) / best.Cost)],
            [.. Levels.Select(level => WalkedCost(trainHull, withSingles, level * best.Accuracy) / best.Cost)],
            new CostQualityHull(test).MeanAccuracy(low, high),
            new CostQualityHull(withSingles).MeanAccuracy(low, high) - new CostQualityHull(set.TestSingles).MeanAccuracy(low, high),
            kept,
            test,
            seconds);
    }

    // Along the training hull's vertices, the first place where the mixture's test accuracy reaches the target.
    private static double? WalkedCost(CostQualityHull hull, CostQuality[] test, double target)
    {
        double? cheapest = null;
        for (int i = 0; i < hull.Vertices.Count; i++)
        {
            CostQuality right = test[hull.Vertices[i]];
            double? cost = right.Accuracy >= target ? right.Cost : null;
            if (i > 0 && test[hull.Vertices[i - 1]] is var left && left.Accuracy < target != right.Accuracy < target)
            {
                double crossing = left.Cost + ((right.Cost - left.Cost) * (target - left.Accuracy) / (right.Accuracy - left.Accuracy));
                cost = cost is { } c ? Math.Min(c, crossing) : crossing;
            }

            cheapest = cost is { } reached && !(cheapest <= reached) ? reached : cheapest;
        }

        return cheapest;
    }

    // The test point of the training mixture that reaches the target on training data.
    private static CostQuality Walk(CostQualityHull hull, CostQuality[] training, CostQuality[] test, double target)
    {
        for (int i = 0; i < hull.Vertices.Count; i++)
        {
            int right = hull.Vertices[i];
            if (training[right].Accuracy < target)
            {
                continue;
            }

            if (i == 0)
            {
                return test[right];
            }

            int left = hull.Vertices[i - 1];
            double share = (target - training[left].Accuracy) / (training[right].Accuracy - training[left].Accuracy);
            return new CostQuality(
                test[left].Accuracy + (share * (test[right].Accuracy - test[left].Accuracy)),
                test[left].Cost + (share * (test[right].Cost - test[left].Cost)));
        }

        return test[hull.Vertices[^1]];
    }

    private static Kept KeptOf(TrainedFamily trained, double share, StudySet set)
    {
        PolicyEvaluation reached = PolicyEvaluation.Run(trained.For(Goal.KeepQuality(share)), set.Test);
        return new Kept(
            reached.Mean.Accuracy / set.BestAlone.Mean.Accuracy,
            PairedBootstrap.RatioInterval(reached.Quality, set.BestAlone.Quality),
            reached.Mean.Cost / set.BestAlone.Mean.Cost);
    }
}

/// <summary>Accuracy relative to the best single model with its 95 % interval (null for baselines), and relative cost.</summary>
internal sealed record Kept(double Accuracy, (double Low, double High)? Interval, double Cost);
