using AutoMix.Evaluation;
using AutoMix.Policies;

namespace AutoMix.Tool.Simulate;

/// <summary>What if: the policy as it is, and one trained anew, on traces as they would have been.</summary>
internal static class Simulation
{
    private const int Seed = 1;

    public static SimulateReport Run(PolicyFamily family, IReadOnlyList<TraceRecord> records, Assumptions assumptions, Goal goal, double? perMonth)
    {
        TraceTable today = TraceTable.From(records);
        TraceTable assumed = TraceTable.From(assumptions.Apply(records, Seed));
        PolicyEvaluation heldOut = CrossValidation.Evaluate(today, rest => family.Train(rest).For(goal));
        PolicyEvaluation retrained = CrossValidation.Evaluate(assumed, rest => family.Train(rest).For(goal));

        // The folds depend on the ids alone, so that the policy that left a row out today decides it under the assumptions too.
        var ofToday = new Dictionary<ulong, int>();
        for (int row = 0; row < today.RowCount; row++)
        {
            ofToday[today.Key(row)] = row;
        }

        PolicyEvaluation unchanged = CrossValidation.Evaluate(
            assumed, rest => family.Train(today.SelectRows([.. Enumerable.Range(0, rest.RowCount).Select(row => ofToday[rest.Key(row)])])).For(goal));
        OperatingPoint best = CrossValidation.Singles(assumed).MaxBy(single => (single.Accuracy, -single.CostPerQuery));
        return new()
        {
            Queries = today.RowCount,
            Assumptions = assumptions.InWords,
            Today = Outcome(heldOut.Mean.Accuracy, heldOut.Mean.Cost),
            Unchanged = Outcome(unchanged.Mean.Accuracy, unchanged.Mean.Cost),
            Retrained = Outcome(retrained.Mean.Accuracy, retrained.Mean.Cost),
            AlwaysBest = Outcome(best.Accuracy, best.CostPerQuery),
        };

        SimulateReport.Outcome Outcome(double accuracy, double cost) => new(accuracy, cost, perMonth * cost);
    }
}
