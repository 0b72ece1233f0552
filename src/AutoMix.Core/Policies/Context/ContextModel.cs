using AutoMix.Evaluation;
using AutoMix.Statistics;

namespace AutoMix.Policies;

/// <summary>
/// P(each model is correct | features of the query): one ridge logistic regression per model. Cross-validation chooses the ridge
/// from a range whose upper end ignores the context.
/// </summary>
internal sealed record ContextModel
{
    private static readonly double[] Ridges = [3, 10, 30, 100, 300, 1000, 1e6];

    public required ContextFeatures Features { get; init; }

    /// <summary>Intercept and weights, model after model.</summary>
    public required double[] Weights { get; init; }

    /// <summary>
    /// The maximum distance that the context may move the log-odds away from the model's average. A query of an attacker, which is unlike
    /// any training query, then moves them no further than training queries did.
    /// </summary>
    public double MostShift { get; init; } = double.PositiveInfinity;

    public static ContextModel Fit(TraceTable table)
    {
        ContextFeatures features = ContextFeatures.Fit(table);
        double[] x = features.Of(table);
        double ridge = Ridges.MinBy(r => HeldOutLoss(table, x, features.Count, r));
        return new ContextModel
        {
            Features = features,
            Weights = [.. Enumerable.Range(0, table.ModelCount).SelectMany(m => Logistic.Ridge(x, Targets(table, m), ridge))],
        };
    }

    /// <summary>Clips the shifts to the range that a share of the training queries showed.</summary>
    public ContextModel Clipped(TraceTable table, double share)
    {
        double[] x = Features.Of(table);
        int models = Weights.Length / (Features.Count + 1);
        double[] shifts = [.. Enumerable.Range(0, table.RowCount).SelectMany(row => Enumerable.Range(0, models).Select(m =>
            Math.Abs(Shift(m, x.AsSpan(row * Features.Count, Features.Count))))).Order()];
        return this with { MostShift = shifts[(int)((shifts.Length - 1) * share)] };
    }

    public void Predict(CascadeHistory history, Span<double> correctness)
    {
        Span<double> features = stackalloc double[Features.Count];
        Features.Write(history.Embedding.Span, history.InputTokens, features);
        for (int m = 0; m < correctness.Length; m++)
        {
            correctness[m] = Logistic.Sigmoid(Weights[m * (Features.Count + 1)] + Shift(m, features));
        }
    }

    /// <summary>Computes how far the context moves the log-odds of a model away from its average.</summary>
    public double Shift(int model, ReadOnlySpan<double> features)
    {
        ReadOnlySpan<double> weights = Weights.AsSpan(model * (features.Length + 1), features.Length + 1);
        return Math.Clamp(Logistic.Dot(weights, features) - weights[0], -MostShift, MostShift);
    }

    public void Check(int models)
    {
        if (Weights.Length != models * (Features.Count + 1) || !(MostShift >= 0))
        {
            throw new ArgumentException("'weights' does not fit the rest of the policy.");
        }
    }

    private static double[] Targets(TraceTable table, int model) => [.. Enumerable.Range(0, table.RowCount).Select(row => table.Quality(row, model))];

    private static double HeldOutLoss(TraceTable table, double[] x, int d, double ridge)
    {
        Folds folds = CrossValidation.FoldsOf(table);
        double loss = 0;
        for (int fold = 0; fold < folds.Count; fold++)
        {
            int[] rest = folds.Rest(fold);
            int[] heldOut = folds.HeldOut(fold);
            double[] features = [.. rest.SelectMany(r => x.AsSpan(r * d, d).ToArray())];
            for (int m = 0; m < table.ModelCount; m++)
            {
                double[] weights = Logistic.Ridge(features, [.. rest.Select(r => table.Quality(r, m))], ridge);
                foreach (int row in heldOut)
                {
                    double p = Math.Clamp(Logistic.Sigmoid(Logistic.Dot(weights, x.AsSpan(row * d, d))), 1e-6, 1 - 1e-6);
                    double quality = table.Quality(row, m);
                    loss -= (quality * Math.Log(p)) + ((1 - quality) * Math.Log(1 - p));
                }
            }
        }

        return loss;
    }
}
