using AutoMix.Evaluation;
using AutoMix.Learning;
using AutoMix.Policies;

namespace AutoMix.Benchmarks.LearningStudy;

/// <summary>From cold start to calibrated: recorded queries arrive in random order, and the plan at hand is measured on those that never arrive.</summary>
internal static class RegretStudy
{
    public const double Keep = 0.99;
    public static readonly int[] Checkpoints = [0, 50, 100, 150, 200, 300];

    /// <summary>How often a request is labelled where labels are missing not at random: wrong first answers more often than right ones.</summary>
    public static double Propensity(TraceTable table, int row) => table.Quality(row, 0) >= 0.5 ? 0.35 : 0.85;

    /// <summary>One point of one run.</summary>
    /// <param name="Labels">Labelled requests so far.</param>
    /// <param name="Quality">Mean quality of the plan at hand on queries that never arrive.</param>
    /// <param name="Cost">Its mean dollars.</param>
    /// <param name="Ratio">Its cost over what the offline-trained plans need for the same quality on the same queries.</param>
    public readonly record struct Point(int Labels, double Quality, double Cost, double Ratio);

    /// <param name="offline">Plans of the model that was trained offline, one per cost weight.</param>
    /// <param name="test">Queries: some arrive, the others measure.</param>
    /// <param name="seed">Seed of the order.</param>
    /// <param name="propensity">The probability that a request is labelled, by row; null where all are.</param>
    /// <param name="weighted">Whether the learner is told of it.</param>
    /// <param name="until">The number of labels to end at.</param>
    public static IReadOnlyList<Point> Run(IReadOnlyList<ICascadePolicy> offline, TraceTable test, int seed, Func<int, double>? propensity = null, bool weighted = true, int until = int.MaxValue)
    {
        var random = new Random(seed);
        int[] order = Order(test, random);
        int arrive = Arriving(test);
        Measure measure = new(offline, test.SelectRows(order.AsSpan(arrive)));
        var learner = new PlanLearner(Goal.KeepQuality(Keep));
        var sums = new EvidenceSums();
        ICascadePolicy current = ColdStart.Policy(test.Models);
        var points = new List<Point>();
        int labels = 0;
        for (int i = 0; i <= arrive && labels <= until; i++)
        {
            if (points.Count < Checkpoints.Length && labels == Checkpoints[points.Count])
            {
                PlanProposal proposal = learner.Learn(sums, current);
                current = proposal.IsBetter ? proposal.Plan! : current;
                points.Add(measure.Of(labels, current));
            }

            if (i < arrive && (propensity is null || random.NextDouble() < propensity(order[i])))
            {
                Add(sums, test, order[i], weighted && propensity is not null ? propensity(order[i]) : 1);
                labels++;
            }
        }

        return points;
    }

    /// <summary>What the offline trainer makes of the requests that <see cref="Run"/> with the same seed learns from first, where all are labelled.</summary>
    public static Point TrainedOffline(IReadOnlyList<ICascadePolicy> offline, TraceTable test, int seed, int labels)
    {
        int[] order = Order(test, new Random(seed));
        TraceTable first = test.SelectRows(order.AsSpan(0, labels));
        return new Measure(offline, test.SelectRows(order.AsSpan(Arriving(test)))).Of(labels, CascadeTrainer.Fit(first).Solve(Goal.KeepQuality(Keep)));
    }

    private static int Arriving(TraceTable test) => test.RowCount * 2 / 3;

    private static int[] Order(TraceTable test, Random random)
    {
        int[] order = [.. Enumerable.Range(0, test.RowCount)];
        random.Shuffle(order);
        return order;
    }

    private static void Add(EvidenceSums sums, TraceTable table, int row, double propensity)
    {
        sums.Add(LabelledRequest.From(table, row) with { Propensity = propensity });
        for (int m = 0; m < table.ModelCount; m++)
        {
            sums.AddCost(m, new(table.AnswerCost(row, m), table.Tokens(row, m), table.Seconds(row, m)), table.VerifyCost(row, m));
        }
    }

    /// <summary>Plans against what the offline-trained ones need for the same quality on the same queries.</summary>
    private sealed class Measure(IReadOnlyList<ICascadePolicy> offline, TraceTable rest)
    {
        private readonly CostQualityHull _hull = new([
            .. offline.Select(plan => Mean(plan, rest)),
            .. CrossValidation.Singles(rest).Select(s => new CostQuality(s.Accuracy, s.CostPerQuery))]);

        public Point Of(int labels, ICascadePolicy policy)
        {
            CostQuality now = Mean(policy, rest);

            // Better than the offline plans ever get: against the dearest of them that pays.
            double equal = _hull.CostToReach(now.Accuracy) ?? _hull.CostToReach(_hull.AccuracyAt(double.MaxValue))!.Value;
            return new(labels, now.Accuracy, now.Cost, now.Cost / equal);
        }

        // A mixture counts with what its coin gives on average.
        private static CostQuality Mean(ICascadePolicy policy, TraceTable table)
        {
            if (policy is not MixturePolicy mixture)
            {
                return PolicyEvaluation.Run(policy, table).Mean;
            }

            (CostQuality first, CostQuality second) = (Mean(mixture.First, table), Mean(mixture.Second, table));
            return new(
                first.Accuracy + (mixture.Share * (second.Accuracy - first.Accuracy)),
                first.Cost + (mixture.Share * (second.Cost - first.Cost)));
        }
    }
}
