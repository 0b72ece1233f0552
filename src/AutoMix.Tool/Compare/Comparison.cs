using AutoMix.Evaluation;
using MathNet.Numerics.Distributions;

namespace AutoMix.Tool.Compare;

/// <summary>Runs two policies over the same traces.</summary>
internal static class Comparison
{
    private const double Right = 0.5;

    public static CompareReport Run((string Name, ICascadePolicy Policy) first, (string Name, ICascadePolicy Policy) second, TraceTable table)
    {
        PolicyEvaluation a = PolicyEvaluation.Run(first.Policy, table);
        PolicyEvaluation b = PolicyEvaluation.Run(second.Policy, table);
        int[] rows = [.. Enumerable.Range(0, table.RowCount)];
        int onlyFirst = rows.Count(row => a.Quality[row] >= Right && b.Quality[row] < Right);
        int onlySecond = rows.Count(row => b.Quality[row] >= Right && a.Quality[row] < Right);
        return new()
        {
            Queries = table.RowCount,
            First = SideOf(first, a, table),
            Second = SideOf(second, b, table),
            AccuracyRatio = QueryEstimates.OfRatio(b.Quality, a.Quality),
            CostRatio = QueryEstimates.OfRatio(b.Cost, a.Cost),
            OnlyFirst = onlyFirst,
            OnlySecond = onlySecond,
            PValue = SignTest(onlyFirst, onlySecond),
            SameModel = rows.Count(row => a.Model[row] == b.Model[row]) / (double)rows.Length,
        };
    }

    private static CompareReport.Side SideOf((string Name, ICascadePolicy Policy) side, PolicyEvaluation evaluation, TraceTable table) => new(
        side.Name,
        side.Policy.Name,
        QueryEstimates.OfMean(evaluation.Quality),
        QueryEstimates.OfMean(evaluation.Cost),
        table.Models
            .Select((model, m) => (model, Share: evaluation.Model.Count(accepted => accepted == m) / (double)table.RowCount))
            .ToDictionary(share => share.model, share => share.Share));

    private static double SignTest(int first, int second) =>
        first + second == 0 ? 1 : Math.Min(1, 2 * Binomial.CDF(0.5, first + second, Math.Min(first, second)));
}
