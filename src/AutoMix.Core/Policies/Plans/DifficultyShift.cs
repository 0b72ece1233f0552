using System.Numerics.Tensors;
using AutoMix.Evaluation;
using AutoMix.Statistics;

namespace AutoMix.Policies;

/// <summary>
/// The look of a query, as a shift of its latent easiness: a ridge logistic regression of the share of models that answer
/// correctly on the principal components of the query's embedding.
/// </summary>
/// <remarks>
/// Ridge and strength are chosen by how likely the shift makes the correctness patterns of queries that were held out, and a
/// strength of zero is kept unless another is better by more than two standard errors: context without information is dropped.
/// </remarks>
internal sealed record DifficultyShift
{
    private static readonly double[] Ridges = [3, 10, 30, 100, 300];
    private static readonly double[] Strengths = [0.25, 0.5, 1, 1.5];

    public required ContextFeatures Features { get; init; }

    /// <summary>One weight per feature, scaled to units of the trait.</summary>
    public required double[] Weights { get; init; }

    /// <summary>Fits the shift; null if the traces have no embeddings, or the embeddings do not predict difficulty.</summary>
    public static DifficultyShift? Fit(TraceTable table, CascadeModel model)
    {
        if (!table.HasEmbeddings || ContextFeatures.Fit(table) is not { Components.Count: > 0 } features)
        {
            return null;
        }

        double[] x = FeaturesOf(features, table);
        double[] y = [.. Enumerable.Range(0, table.RowCount).Select(row => Enumerable.Range(0, table.ModelCount).Average(m => table.Quality(row, m)))];
        double[] none = [.. Enumerable.Range(0, table.RowCount).Select(row => LogLikelihood(table, row, model, 0))];
        (double gain, double ridge, double strength) = (0, 0, 0);
        foreach (double candidate in Ridges)
        {
            double[] shifts = HeldOutShifts(table, x, y, candidate);
            foreach (double share in Strengths)
            {
                double[] gains = [.. none.Select((without, row) => LogLikelihood(table, row, model, share * shifts[row]) - without)];
                double mean = gains.Average();
                double error = Math.Sqrt(gains.Average(g => (g - mean) * (g - mean)) / gains.Length);
                if (mean > 2 * error && mean > gain)
                {
                    (gain, ridge, strength) = (mean, candidate, share);
                }
            }
        }

        return strength > 0
            ? new DifficultyShift { Features = features, Weights = [.. Logistic.Ridge(x, y, ridge).Skip(1).Select(weight => strength * weight)] }
            : null;
    }

    /// <summary>Computes the shift of a query, in standard deviations of the trait; 0 if the embedding is unknown.</summary>
    public double Of(ReadOnlySpan<float> embedding)
    {
        Span<double> features = stackalloc double[Features.Count];
        Features.Write(embedding, inputTokens: 0, features);
        return TensorPrimitives.Dot<double>(Weights, features);
    }

    // Without the length of the prompt: live it is an estimate, and a query is to be decided as it would have been offline.
    private static double[] FeaturesOf(ContextFeatures features, TraceTable table)
    {
        double[] x = new double[table.RowCount * features.Count];
        for (int row = 0; row < table.RowCount; row++)
        {
            features.Write(table.Embedding(row).Span, inputTokens: 0, x.AsSpan(row * features.Count, features.Count));
        }

        return x;
    }

    private static double[] HeldOutShifts(TraceTable table, double[] x, double[] y, double ridge)
    {
        int d = x.Length / y.Length;
        double[] shifts = new double[y.Length];
        Folds folds = CrossValidation.FoldsOf(table);
        for (int fold = 0; fold < folds.Count; fold++)
        {
            int[] rest = folds.Rest(fold);
            double[] weights = Logistic.Ridge([.. rest.SelectMany(r => x.AsSpan(r * d, d).ToArray())], [.. rest.Select(r => y[r])], ridge);
            foreach (int row in folds.HeldOut(fold))
            {
                shifts[row] = Logistic.Dot(weights, x.AsSpan(row * d, d)) - weights[0];
            }
        }

        return shifts;
    }

    // Of which models were correct, under the item-response model with its trait shifted.
    private static double LogLikelihood(TraceTable table, int row, CascadeModel model, double shift)
    {
        double sum = 0;
        double total = 0;
        ReadOnlySpan<double> weights = model.Prior.Weights;
        ReadOnlySpan<double> correctness = model.Prior.CorrectnessTable;
        for (int q = 0; q < weights.Length; q++)
        {
            double p = weights[q] * Math.Exp(shift * LatentModel.Node(q, weights.Length));
            total += p;
            for (int m = 0; m < table.ModelCount; m++)
            {
                double right = correctness[(q * table.ModelCount) + m];
                double quality = table.Quality(row, m);
                p *= Math.Pow(right, quality) * Math.Pow(1 - right, 1 - quality);
            }

            sum += p;
        }

        return Math.Log(sum / total);
    }
}
