using AutoMix.Evaluation;
using AutoMix.Learning;

namespace AutoMix.Benchmarks.LearningStudy;

/// <summary>
/// At the midpoint a model degrades and another's price doubles. One request in ten is explored and labelled as a whole, every
/// second one from when a drift is noticed until there are labels enough, as by the defaults of a pipeline; of the others every second one
/// gets a label for the answer that was returned.
/// </summary>
internal static class DriftStudy
{
    public const double Explored = 0.1;
    public const double ExploredAnew = 0.5;
    public const double Graded = 0.5;
    public const double Loss = 0.2;
    private const int KnownAtStart = 300;
    private const int Every = 25;
    private const double Price = 2;

    /// <summary>One run: what each request gave, and when what was noticed, in requests after the midpoint; null where never.</summary>
    public sealed record Outcome(
        int Midpoint, double[] Quality, double[] Cost, double[] FrozenQuality, double[] FrozenCost, double CostWeight,
        int? ModelNoticed, int? PriceNoticed, int? Replanned, int FalseAlarms);

    /// <param name="table">Queries, drawn with replacement.</param>
    /// <param name="start">The plan at the beginning.</param>
    /// <param name="seed">Seed of the draws.</param>
    /// <param name="requests">Number of requests.</param>
    public static Outcome Run(TraceTable table, CascadePlan start, int seed, int requests)
    {
        var random = new Random(seed);
        (int degraded, int dearer) = Chosen(table, start);
        double accuracy = Enumerable.Range(0, table.RowCount).Average(row => table.Quality(row, degraded));
        var learner = new PlanLearner(Goal.KeepQuality(RegretStudy.Keep));
        var collector = new EvidenceCollector(table.Models);
        var sums = new EvidenceSums();
        EvidenceSums? learned = null;
        ICascadePolicy current = start;
        int midpoint = requests / 2;
        int now = 0;
        int? modelNoticed = null;
        int? priceNoticed = null;
        int? replanned = null;
        int falseAlarms = 0;
        double[] quality = new double[requests];
        double[] cost = new double[requests];
        double[] frozenQuality = new double[requests];
        double[] frozenCost = new double[requests];
        var history = new CascadeHistory(table.ModelCount);
        collector.Believe(start);

        // The start plan was trained on something: what the learner knows of it is a sample about as large as the training set.
        foreach (int row in Enumerable.Range(0, KnownAtStart).Select(_ => random.Next(table.RowCount)))
        {
            collector.Observe(Answers(table, row, _ => true), isWhole: true);
            collector.Label(LabelledRequest.From(table, row));
        }

        collector.DriftDetected += (_, drift) =>
        {
            if (now < midpoint)
            {
                falseAlarms++;
            }
            else if (drift.Kind == DriftKind.Model && drift.Model == table.Models[degraded])
            {
                modelNoticed ??= now - midpoint;
            }
            else if (drift.Kind == DriftKind.Price && drift.Model == table.Models[dearer])
            {
                priceNoticed ??= now - midpoint;
            }
        };
        for (; now < requests; now++)
        {
            int row = random.Next(table.RowCount);
            TraceTable one = now < midpoint ? table.SelectRows([row])
                : Changed(table, row, degraded, broken: random.NextDouble() < Loss / accuracy, dearer);
            CascadeOutcome frozen = CascadeReplay.Run(start, one, 0, history);
            (frozenQuality[now], frozenCost[now]) = (frozen.Quality, frozen.Cost.Dollars);
            CascadeOutcome outcome = CascadeReplay.Run(current, one, 0, history);
            (quality[now], cost[now]) = (outcome.Quality, outcome.Cost.Dollars);
            bool explored = random.NextDouble() < (collector.LabelsSinceDrift < learner.MinimumLabels ? ExploredAnew : Explored);
            ObservedAnswer?[] answers = Answers(one, 0, m => explored || history.IsCalled(m));
            collector.Observe(answers, explored);
            if (explored)
            {
                collector.Label(LabelledRequest.From(one, 0));
            }
            else if (random.NextDouble() < Graded && outcome.Model >= 0)
            {
                collector.Label(answers, [.. answers.Select((_, m) => m == outcome.Model ? outcome.Quality : (double?)null)]);
            }

            if (now % Every == Every - 1)
            {
                sums.Merge(collector.Take().Sums);
                collector.Follow(sums);
                if (sums.SayMoreThan(learned))
                {
                    learned = new();
                    learned.Merge(sums.Sums);
                    PlanProposal proposal = learner.Learn(sums, current);
                    if (proposal.Model is { } model)
                    {
                        collector.Believe(model);
                    }

                    if (proposal.IsBetter)
                    {
                        current = proposal.Plan!;
                        replanned ??= now >= midpoint ? now + 1 - midpoint : null;
                    }
                }
            }
        }

        return new(midpoint, quality, cost, frozenQuality, frozenCost, start.Objective.DollarWeight, modelNoticed, priceNoticed, replanned, falseAlarms);
    }

    /// <summary>The model whose answers the plan returns most, and the one that it asks most besides.</summary>
    public static (int Degraded, int Dearer) Chosen(TraceTable table, CascadePlan plan)
    {
        int[] returned = new int[table.ModelCount];
        int[] called = new int[table.ModelCount];
        var history = new CascadeHistory(table.ModelCount);
        for (int row = 0; row < table.RowCount; row++)
        {
            CascadeOutcome outcome = CascadeReplay.Run(plan, table, row, history);
            returned[Math.Max(0, outcome.Model)]++;
            for (int m = 0; m < table.ModelCount; m++)
            {
                called[m] += history.IsCalled(m) ? 1 : 0;
            }
        }

        int degraded = Array.IndexOf(returned, returned.Max());
        called[degraded] = -1;
        return (degraded, Array.IndexOf(called, called.Max()));
    }

    private static ObservedAnswer?[] Answers(TraceTable table, int row, Func<int, bool> isCalled) => [.. Enumerable.Range(0, table.ModelCount).Select(m => isCalled(m)
        ? new ObservedAnswer(
            Enumerable.Range(0, m + 1).First(other => isCalled(other) && table.SameAs(row, other) == table.SameAs(row, m)),
            double.IsNaN(table.Confidence(row, m)) ? null : table.Confidence(row, m),
            new(table.AnswerCost(row, m), table.Tokens(row, m), table.Seconds(row, m)),
            table.VerifyCost(row, m))
        : null)];

    // A broken answer is wrong in a way of its own, and its verification does not notice.
    private static TraceTable Changed(TraceTable table, int row, int degraded, bool broken, int dearer) => TraceTable.From([new TraceRecord
    {
        Id = table.Id(row),
        Answers = [.. Enumerable.Range(0, table.ModelCount).Select(m => new TraceAnswer
        {
            Model = table.Models[m],
            Answer = broken && m == degraded && table.Quality(row, m) >= 0.5 ? "broken" : $"group {table.SameAs(row, m)}",
            Quality = broken && m == degraded ? 0 : table.Quality(row, m),
            Confidence = double.IsNaN(table.Confidence(row, m)) ? null : table.Confidence(row, m),
            OutputTokens = (long)table.Tokens(row, m),
            AnswerCost = table.AnswerCost(row, m) * (m == dearer ? Price : 1),
            VerifyCost = table.VerifyCost(row, m) * (m == dearer ? Price : 1),
            Seconds = table.Seconds(row, m),
        })],
    }]);
}
