using System.Numerics.Tensors;
using AutoMix.Statistics;

namespace AutoMix.Policies;

/// <summary>
/// Prompt-to-leaderboard (Frick et al., 2025): the Bradley-Terry strengths of all models as functions of the query, learned
/// from which of two models answered better; a tie counts as half a win each. The query goes to the model with the best win
/// rate against the others, less its price.
/// </summary>
/// <param name="Models">The names of all models.</param>
/// <param name="Features">The context.</param>
/// <param name="Weights">Intercept and weights of each model's strength, model after model.</param>
/// <param name="Cost">The mean cost of each model.</param>
/// <param name="Objective">The value to maximise.</param>
internal sealed record LeaderboardPolicy(IReadOnlyList<string> Models, ContextFeatures Features, double[] Weights, CascadeCost[] Cost, CascadeObjective Objective)
    : RouterPolicy("leaderboard", Models)
{
    private static readonly double[] Ridges = [10, 100, 1000];

    public override PolicyNeeds Needs => PolicyNeeds.Embeddings;

    public static IReadOnlyList<ICascadePolicy> Fit(TraceTable table, IReadOnlyList<CascadeObjective> objectives)
    {
        ContextFeatures features = ContextFeatures.Fit(table);
        double[] x = features.Of(table);
        int[] order = [.. Enumerable.Range(0, table.RowCount).OrderBy(row => RequestKeys.Uniform(3, table.Key(row)))];
        int[] rest = order[(order.Length / 5)..];
        double ridge = Ridges.MinBy(r => Loss(table, x, features.Count, order.AsSpan(0, order.Length / 5), Fit(table, x, features.Count, rest, r)));
        double[] weights = Fit(table, x, features.Count, order, ridge);
        CascadeCost[] cost = [.. Enumerable.Range(0, table.ModelCount).Select(table.MeanCost)];
        return [.. objectives.Select(objective => new LeaderboardPolicy(table.Models, features, weights, cost, objective))];
    }

    /// <summary>Writes the Bradley-Terry strength of every model for a query.</summary>
    public void Strengths(CascadeHistory history, Span<double> strengths)
    {
        Span<double> z = stackalloc double[Features.Count];
        Features.Write(history.Embedding.Span, history.InputTokens, z);
        for (int m = 0; m < ModelCount; m++)
        {
            strengths[m] = Logistic.Dot(Weights.AsSpan(m * (z.Length + 1), z.Length + 1), z);
        }
    }

    protected override void Prepare()
    {
        Objective.Check("objective");
        Expect(Weights.Length == ModelCount * (Features.Count + 1) && Cost.Length == ModelCount, "weights");
    }

    protected override int Pick(CascadeHistory history)
    {
        Span<double> strength = stackalloc double[CascadeHistory.MaxModels];
        Span<double> value = stackalloc double[CascadeHistory.MaxModels];
        Strengths(history, strength);
        for (int m = 0; m < ModelCount; m++)
        {
            double wins = 0;
            for (int other = 0; other < ModelCount; other++)
            {
                wins += other == m ? 0 : Logistic.Sigmoid(strength[m] - strength[other]);
            }

            // With ties as half wins, a lead of q in quality shows as a lead of n q / (2 (n - 1)) in the win rate.
            value[m] = (2 * wins / ModelCount) - Objective.Price(Cost[m]);
        }

        return TensorPrimitives.IndexOfMax<double>(value[..ModelCount]);
    }

    // Bradley and Terry's model is a logistic regression on differences: the winner's context less the loser's, each in its model's columns.
    private static double[] Fit(TraceTable table, double[] x, int d, int[] rows, double ridge)
    {
        int width = d + 1;
        int size = table.ModelCount * width;
        int pairs = table.ModelCount * (table.ModelCount - 1) / 2;
        double[] differences = new double[rows.Length * pairs * size];
        double[] won = new double[rows.Length * pairs];
        int at = 0;
        foreach (int row in rows)
        {
            for (int i = 1; i < table.ModelCount; i++)
            {
                for (int j = 0; j < i; j++, at++)
                {
                    Span<double> difference = differences.AsSpan(at * size, size);
                    ReadOnlySpan<double> z = x.AsSpan(row * d, d);
                    difference[i * width] = 1;
                    z.CopyTo(difference[((i * width) + 1)..]);
                    difference[j * width] = -1;
                    TensorPrimitives.Negate(z, difference[((j * width) + 1)..]);
                    won[at] = Won(table, row, i, j);
                }
            }
        }

        // Strengths have no zero of their own: a little of the ridge on the intercepts gives them one.
        double[] precision = [.. Enumerable.Range(0, size).Select(k => k % width == 0 ? 0.1 : ridge)];
        return won.Length == 0 ? new double[size] : Logistic.Fit(differences, won, [], new double[size], precision);
    }

    // A tie is half a win for each.
    private static double Won(TraceTable table, int row, int model, int other) => (1 + table.Quality(row, model) - table.Quality(row, other)) / 2;

    private static double Loss(TraceTable table, double[] x, int d, ReadOnlySpan<int> rows, double[] w)
    {
        double loss = 0;
        foreach (int row in rows)
        {
            ReadOnlySpan<double> z = x.AsSpan(row * d, d);
            for (int i = 1; i < table.ModelCount; i++)
            {
                for (int j = 0; j < i; j++)
                {
                    double lead = Logistic.Dot(w.AsSpan(i * (d + 1), d + 1), z) - Logistic.Dot(w.AsSpan(j * (d + 1), d + 1), z);
                    double p = Math.Clamp(Logistic.Sigmoid(lead), 1e-6, 1 - 1e-6);
                    double won = Won(table, row, i, j);
                    loss -= (won * Math.Log(p)) + ((1 - won) * Math.Log(1 - p));
                }
            }
        }

        return loss;
    }
}
