using AutoMix.Evaluation;
using AutoMix.Policies;
using AutoMix.Statistics;

namespace AutoMix.Tool.Train;

/// <summary>Whether the traces look other than those an older plan was trained on: models, prices, accuracies.</summary>
internal static class PlanDrift
{
    private const double PriceChange = 0.1;

    public static IEnumerable<string> Find(ICascadePolicy older, TraceTable table)
    {
        if (!older.Models.SequenceEqual(table.Models))
        {
            yield return $"The older plan is for the models [{string.Join(", ", older.Models)}], these traces for [{string.Join(", ", table.Models)}], so drift cannot be told.";
            yield break;
        }

        if (ModelOf(older) is not { Curve: { } curve })
        {
            yield return $"The older plan ('{older.Name}') does not say what its models gave when it was trained, so drift cannot be told.";
            yield break;
        }

        IReadOnlyList<OperatingPoint> now = CrossValidation.Singles(table);
        for (int m = 0; m < table.ModelCount; m++)
        {
            OperatingPoint then = curve.Singles[m];
            MetricEstimate accuracy = QueryEstimates.OfMean([.. Enumerable.Range(0, table.RowCount).Select(row => table.Quality(row, m))]);
            if (then.Accuracy < accuracy.Low || then.Accuracy > accuracy.High)
            {
                yield return $"'{table.Models[m]}' answered {Figures.Share(then.Accuracy)} correctly when the older plan was trained, and now {Figures.Share(accuracy)}.";
            }

            if (Math.Abs(now[m].CostPerQuery - then.CostPerQuery) > PriceChange * then.CostPerQuery)
            {
                yield return $"An answer of '{table.Models[m]}' cost {Figures.DollarsPerThousand(then.CostPerQuery)} dollars per 1,000 queries when the older plan was trained, and now {Figures.DollarsPerThousand(now[m].CostPerQuery)}.";
            }
        }
    }

    private static CascadeModel? ModelOf(ICascadePolicy policy) => policy switch
    {
        CascadePlan plan => plan.Model,
        MixturePolicy mixture => ModelOf(mixture.First) ?? ModelOf(mixture.Second),
        _ => null,
    };
}
