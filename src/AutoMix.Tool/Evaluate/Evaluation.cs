using System.Diagnostics;
using AutoMix.Evaluation;
using AutoMix.Policies;

namespace AutoMix.Tool.Evaluate;

/// <summary>Trains on one table, measures on another. Nothing about the test table reaches the choice of the operating point.</summary>
internal static class Evaluation
{
    private static readonly TimeSpan TimingBudget = TimeSpan.FromMilliseconds(100);

    /// <summary>The test traces with the models in the order of the training traces.</summary>
    public static TraceTable InOrderOf(TraceTable train, TraceTable test) => TraceFiles.Order(train.Models, test.Models) is { } order
        ? test.SelectModels(order)
        : throw new ArgumentException(
            $"The training traces are for the models [{string.Join(", ", train.Models)}], the test traces for [{string.Join(", ", test.Models)}]. Give two files of the same models.");

    /// <summary>Every policy of the registry that the training traces suffice for.</summary>
    public static AllPoliciesReport RunAll(TraceTable train, TraceTable test, Goal goal)
    {
        var reports = new List<EvaluationReport>();
        var leftOut = new List<AllPoliciesReport.LeftOutPolicy>();
        foreach (PolicyFamily family in PolicyRegistry.All)
        {
            if (family.Missing(train) is var missing and not PolicyNeeds.None)
            {
                leftOut.Add(new(family.Key, $"the training traces lack {missing}"));
                continue;
            }

            try
            {
                reports.Add(Run(family, train, test, goal));
            }
            catch (ArgumentException e)
            {
                // One family's frontier may not reach a goal that others reach.
                leftOut.Add(new(family.Key, e.Message));
            }
        }

        return new AllPoliciesReport { Policies = reports, LeftOut = leftOut };
    }

    public static EvaluationReport Run(PolicyFamily family, TraceTable train, TraceTable test, Goal goal)
    {
        long started = Stopwatch.GetTimestamp();
        TrainedFamily trained = family.Train(train);
        ICascadePolicy policy = trained.For(goal);
        double fitSeconds = Stopwatch.GetElapsedTime(started).TotalSeconds;

        CostQuality[] singles = [.. CrossValidation.Singles(test).Select(single => new CostQuality(single.Accuracy, single.CostPerQuery))];
        int best = Enumerable.Range(0, singles.Length).OrderByDescending(m => singles[m].Accuracy).ThenBy(m => singles[m].Cost).First();
        int small = Enumerable.Range(0, singles.Length).OrderBy(m => singles[m].Cost).First();
        CostQuality reached = PolicyEvaluation.Run(policy, test).Mean;
        OperatingPoint[] curve = Curve(trained, test);
        double cheapest = singles.Min(single => single.Cost);
        double dearest = singles.Max(single => single.Cost);
        return new EvaluationReport
        {
            Policy = family.Key,
            Best = new(test.Models[best], singles[best].Accuracy, singles[best].Cost),
            Test = new(test.RowCount, reached.Accuracy, reached.Cost),
            RelativeAccuracy = Finite(reached.Accuracy / singles[best].Accuracy),
            RelativeCost = Finite(reached.Cost / singles[best].Cost),
            IbcLift = Finite(IncrementalBenefit.Lift(reached, singles[small], singles[best])),
            Aiq = dearest > cheapest
                ? new CostQualityHull(curve.Select(point => new CostQuality(point.Accuracy, point.CostPerQuery))).MeanAccuracy(cheapest, dearest)
                : null,
            MaxAccuracy = curve.Max(point => point.Accuracy),
            Curve = curve,
            FitSeconds = fitSeconds,
            DecisionsPerSecond = MeasureSpeed(policy, test),
        };
    }

    private static OperatingPoint[] Curve(TrainedFamily trained, TraceTable test)
    {
        IReadOnlyList<ICascadePolicy> policies = trained.Policies();
        return [.. policies.Select((policy, i) =>
        {
            CostQuality mean = PolicyEvaluation.Run(policy, test).Mean;
            return new OperatingPoint(trained.Curve.Points[i].CostWeight, mean.Accuracy, mean.Cost);
        })];
    }

    private static double MeasureSpeed(ICascadePolicy policy, TraceTable test)
    {
        var history = new CascadeHistory(test.ModelCount);
        long decisions = 0;
        for (int row = 0; row < test.RowCount; row++)
        {
            CascadeReplay.Run(policy, test, row, history, _ => decisions++);
        }

        long rounds = 0;
        long started = Stopwatch.GetTimestamp();
        do
        {
            for (int row = 0; row < test.RowCount; row++)
            {
                CascadeReplay.Run(policy, test, row, history);
            }

            rounds++;
        }
        while (Stopwatch.GetElapsedTime(started) < TimingBudget);
        return decisions * rounds / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    private static double? Finite(double value) => double.IsFinite(value) ? value : null;
}
