using AutoMix.Evaluation;

namespace AutoMix.Tool.Report;

/// <summary>Runs a plan over traces and gathers what the report shows.</summary>
internal static class ReportReader
{
    public const string Start = "start";
    public const string End = "answer";
    private const int Bins = 10;
    private const int MostRegressions = 20;
    private const double Right = 0.5;

    public static ReportData Read(string planName, ICascadePolicy policy, string tracesName, IReadOnlyList<TraceRecord> records)
    {
        TraceTable table = TraceTable.From(records);
        ModelsMatch(policy, table);
        PolicyEvaluation evaluation = PolicyEvaluation.Run(policy, table);
        CostQuality[] singles = [.. CrossValidation.Singles(table).Select(single => new CostQuality(single.Accuracy, single.CostPerQuery))];
        int best = Enumerable.Range(0, singles.Length).MaxBy(m => (singles[m].Accuracy, -singles[m].Cost));
        int[] rows = [.. Enumerable.Range(0, table.RowCount)];
        (List<int>[] called, ReportData.Flow[] flows) = Paths(policy, table);
        int[] regressions = [.. rows.Where(row => table.Quality(row, best) >= Right && evaluation.Quality[row] < Right)];
        return new()
        {
            Plan = planName,
            Policy = policy.Name,
            Traces = tracesName,
            Queries = table.RowCount,
            BestModel = table.Models[best],
            Accuracy = QueryEstimates.OfMean(evaluation.Quality),
            Cost = QueryEstimates.OfMean(evaluation.Cost),
            BestAccuracy = singles[best].Accuracy,
            BestCost = singles[best].Cost,
            RelativeAccuracy = QueryEstimates.OfRatio(evaluation.Quality, [.. rows.Select(row => table.Quality(row, best))]),
            RelativeCost = QueryEstimates.OfRatio(evaluation.Cost, [.. rows.Select(row => table.AnswerCost(row, best))]),
            Models = [.. table.Models.Select((model, m) => new ReportData.ModelPoint(
                model,
                singles[m].Accuracy,
                singles[m].Cost,
                called.Count(path => path.Contains(m)) / (double)table.RowCount,
                evaluation.Model.Count(accepted => accepted == m) / (double)table.RowCount))],
            Mixtures = [.. new CostQualityHull(singles).Vertices.Select(i => new ReportData.Point(singles[i].Cost, singles[i].Accuracy)).OrderBy(point => point.Cost)],
            Calibration = [.. Enumerable.Range(0, table.ModelCount).Where(m => table.Verification(m) != VerificationKind.None).Select(m => Curve(table, m))],
            Flows = flows,
            Regressions = [.. regressions.OrderByDescending(row => evaluation.Cost[row]).Take(MostRegressions).Select(row => new ReportData.Regression(
                records[row].Id,
                records[row].Prompt,
                evaluation.Model[row] < 0 ? "" : table.Models[evaluation.Model[row]],
                evaluation.Model[row] < 0 ? "" : records[row].Answers[evaluation.Model[row]].Answer,
                records[row].Answers[best].Answer,
                evaluation.Cost[row]))],
            RegressionCount = regressions.Length,
            ImprovementCount = rows.Count(row => table.Quality(row, best) < Right && evaluation.Quality[row] >= Right),
        };
    }

    private static void ModelsMatch(ICascadePolicy policy, TraceTable table)
    {
        if (!policy.Models.SequenceEqual(table.Models))
        {
            throw new ArgumentException($"The plan is for the models [{string.Join(", ", policy.Models)}], the traces for [{string.Join(", ", table.Models)}]. Give traces of the same models in the same order.");
        }
    }

    private static (List<int>[] Called, ReportData.Flow[] Flows) Paths(ICascadePolicy policy, TraceTable table)
    {
        var called = new List<int>[table.RowCount];
        var counts = new Dictionary<(string, string), int>();
        var history = new CascadeHistory(table.ModelCount);
        for (int row = 0; row < table.RowCount; row++)
        {
            List<int> path = called[row] = [];
            CascadeOutcome outcome = CascadeReplay.Run(policy, table, row, history, action =>
            {
                if (action.Kind == CascadeActionKind.Call)
                {
                    path.Add(action.Model);
                }
            });
            string from = Start;
            foreach (int model in path)
            {
                Count(from, table.Models[model]);
                from = table.Models[model];
            }

            Count(from, outcome.Model < 0 ? "no answer" : End);
        }

        return (called, [.. counts.Select(flow => new ReportData.Flow(flow.Key.Item1, flow.Key.Item2, flow.Value)).OrderByDescending(flow => flow.Count)]);

        void Count(string from, string to) => counts[(from, to)] = counts.GetValueOrDefault((from, to)) + 1;
    }

    private static ReportData.CalibrationCurve Curve(TraceTable table, int model) => new(
        table.Models[model],
        [.. Enumerable.Range(0, table.RowCount)
            .Where(row => !double.IsNaN(table.Confidence(row, model)))
            .GroupBy(row => Math.Min(Bins - 1, (int)(table.Confidence(row, model) * Bins)))
            .OrderBy(bin => bin.Key)
            .Select(bin => new ReportData.Bin(bin.Average(row => table.Confidence(row, model)), bin.Average(row => table.Quality(row, model)), bin.Count()))]);
}
