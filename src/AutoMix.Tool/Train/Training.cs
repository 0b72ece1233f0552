using AutoMix.Evaluation;
using AutoMix.Policies;
using AutoMix.Statistics;

namespace AutoMix.Tool.Train;

/// <summary>From traces to a policy file, with what it is expected to give and what speaks against trusting that.</summary>
internal static class Training
{
    /// <summary>Queries below which an expectation is hardly more than a guess.</summary>
    private const int FewQueries = 50;

    public static TrainReport Run(PolicyFamily family, TraceTable table, Goal goal, string output, ICascadePolicy? older)
    {
        ICascadePolicy policy = family.Train(table).For(goal);
        PolicyEvaluation heldOut = CrossValidation.Evaluate(table, rest => family.Train(rest).For(goal));
        IReadOnlyList<OperatingPoint> singles = CrossValidation.Singles(table);
        int best = Enumerable.Range(0, singles.Count).MaxBy(m => (singles[m].Accuracy, -singles[m].CostPerQuery));
        double[] bestQuality = [.. Enumerable.Range(0, table.RowCount).Select(row => table.Quality(row, best))];
        double[] bestCost = [.. Enumerable.Range(0, table.RowCount).Select(row => table.AnswerCost(row, best))];
        TrainReport.ModelSummary[] models = [.. Enumerable.Range(0, table.ModelCount).Select(m => Summary(table, m, singles[m]))];
        PolicyFile.Save(policy, output);
        return new()
        {
            Policy = family.Key,
            Plan = output,
            Queries = table.RowCount,
            Models = models,
            BestModel = table.Models[best],
            Accuracy = QueryEstimates.OfMean(heldOut.Quality),
            Cost = QueryEstimates.OfMean(heldOut.Cost),
            RelativeAccuracy = QueryEstimates.OfRatio(heldOut.Quality, bestQuality),
            RelativeCost = QueryEstimates.OfRatio(heldOut.Cost, bestCost),
            Warnings = [.. Alone(policy, table), .. Warnings(table, models), .. older is null ? [] : PlanDrift.Find(older, table)],
        };
    }

    // A plan that asks one model and nobody else is a legitimate answer to the goal, but hardly what one trains for.
    private static IEnumerable<string> Alone(ICascadePolicy policy, TraceTable table)
    {
        PolicyEvaluation all = PolicyEvaluation.Run(policy, table);
        int model = all.Model[0];
        if (table.ModelCount > 1 && model >= 0 && Enumerable.Range(0, table.RowCount).All(row => all.Model[row] == model && all.Cost[row] <= table.AnswerCost(row, model)))
        {
            yield return $"The plan asks '{table.Models[model]}' for every query of these traces, and no other model: nothing that costs less meets the goal. Try another goal, or models and confidences that complement each other.";
        }
    }

    private static TrainReport.ModelSummary Summary(TraceTable table, int model, OperatingPoint single)
    {
        if (table.Verification(model) == VerificationKind.None)
        {
            return new(table.Models[model], single.Accuracy, single.CostPerQuery, null, null, null, null);
        }

        SignalTrust trust = SignalTrust.Of(
            [.. Enumerable.Range(0, table.RowCount).Select(row => table.Confidence(row, model))],
            [.. Enumerable.Range(0, table.RowCount).Select(row => table.Quality(row, model))]);
        return new(table.Models[model], single.Accuracy, single.CostPerQuery, trust.Worth, trust.Auroc, trust.Low, trust.High);
    }

    private static IEnumerable<string> Warnings(TraceTable table, TrainReport.ModelSummary[] models)
    {
        if (table.RowCount < FewQueries)
        {
            yield return $"There are only {table.RowCount} queries; with fewer than {FewQueries} the figures are little more than a guess. Collect more.";
        }

        foreach (TrainReport.ModelSummary model in models)
        {
            if (model.Verifier == SignalWorth.Uninformative)
            {
                yield return $"The confidences in answers of '{model.Model}' do not tell correct from wrong ones (AUROC {model.Auroc:0.00} [{model.AurocLow:0.00}, {model.AurocHigh:0.00}]). A paid verification of them is never bought.";
            }

            if (model.CostPerQuery <= 0)
            {
                yield return $"Answers of '{model.Model}' cost nothing in these traces. If that is not so, record 'answer_cost_usd'.";
            }
        }

        for (int m = 1; m < models.Length; m++)
        {
            if (models[m].CostPerQuery < models[m - 1].CostPerQuery)
            {
                yield return $"'{models[m].Model}' is cheaper than '{models[m - 1].Model}' before it. List the models from the cheapest to the dearest.";
            }
        }

        if (models.All(model => model.Verifier is null))
        {
            yield return "No answer carries a confidence, so a policy can only go by agreement between models. Record confidences.";
        }
    }
}
