using AutoMix.Estimation;

namespace AutoMix.Policies;

/// <summary>
/// Prompt-to-leaderboard (Frick et al., 2025): the Bradley-Terry strengths of all models as functions of the query, learned
/// from which of two models answered better; a tie counts as half a win each. The query goes to the model with the best win
/// rate against the others, less its price.
/// </summary>
internal sealed class LeaderboardPolicy : FittedPolicy
{
    private const int Steps = 12;
    private static readonly double[] Ridges = [10, 100, 1000];
    private readonly ContextFeatures _features;
    private readonly double[] _weights;
    private readonly CascadeCost[] _cost;
    private readonly CascadeObjective _objective;

    /// <param name="models">Names of all models.</param>
    /// <param name="features">The context.</param>
    /// <param name="weights">Intercept and weights of each model's strength, model after model.</param>
    /// <param name="cost">Mean cost of each model.</param>
    /// <param name="objective">What to maximise.</param>
    public LeaderboardPolicy(IReadOnlyList<string> models, ContextFeatures features, double[] weights, CascadeCost[] cost, CascadeObjective objective)
        : base("leaderboard", models)
    {
        objective.Check(nameof(objective));
        Expect(weights.Length == models.Count * (features.Count + 1) && cost.Length == models.Count, "weights");
        _features = features;
        _weights = weights;
        _cost = cost;
        _objective = objective;
    }

    public override PolicyNeeds Needs => PolicyNeeds.Embeddings;

    public static TrainedFamily Train(TraceTable table) => FamilyTraining.PerObjective(table, Fit);

    public static IReadOnlyList<ICascadePolicy> Fit(TraceTable table, IReadOnlyList<CascadeObjective> objectives)
    {
        ContextFeatures features = ContextFeatures.Fit(table);
        double[] x = features.Of(table);
        int[] order = [.. Enumerable.Range(0, table.RowCount).OrderBy(row => RequestKeys.Uniform(3, table.Key(row)))];
        int[] rest = order[(order.Length / 5)..];
        double ridge = Ridges.MinBy(r => Loss(table, x, features.Count, order.AsSpan(0, order.Length / 5), Strengths(table, x, features.Count, rest, r)));
        double[] weights = Strengths(table, x, features.Count, order, ridge);
        CascadeCost[] cost = [.. Enumerable.Range(0, table.ModelCount).Select(m => new CascadeCost(
            order.Average(row => table.AnswerCost(row, m)), order.Average(row => table.Tokens(row, m)), order.Average(row => table.Seconds(row, m))))];
        return [.. objectives.Select(objective => new LeaderboardPolicy(table.Models, features, weights, cost, objective))];
    }

    /// <summary>Writes the Bradley-Terry strength of every model for a query.</summary>
    public void Strengths(CascadeHistory history, Span<double> strengths)
    {
        Span<double> z = stackalloc double[_features.Count];
        _features.Write(history.Embedding.Span, history.InputTokens, z);
        for (int m = 0; m < ModelCount; m++)
        {
            strengths[m] = RidgeLogistic.Dot(_weights.AsSpan(m * (z.Length + 1), z.Length + 1), z);
        }
    }

    public override PolicyDocument ToDocument() => new LeaderboardDocument
    {
        Name = Name,
        Models = [.. Models],
        Features = _features,
        Weights = _weights,
        Cost = _cost,
        Objective = _objective,
    };

    protected override CascadeAction Choose(CascadeHistory history)
    {
        if (Dearest(history) is >= 0 and var answered)
        {
            return CascadeAction.Accept(answered);
        }

        Span<double> strength = stackalloc double[CascadeHistory.MaxModels];
        strength = strength[..ModelCount];
        Strengths(history, strength);
        int best = 0;
        double highest = double.NegativeInfinity;
        for (int m = 0; m < ModelCount; m++)
        {
            double wins = 0;
            for (int other = 0; other < ModelCount; other++)
            {
                wins += other == m ? 0 : Logistic.Sigmoid(strength[m] - strength[other]);
            }

            // With ties as half wins, a lead of q in quality shows as a lead of n q / (2 (n - 1)) in the win rate.
            double value = (2 * wins / ModelCount) - _objective.Price(_cost[m]);
            if (value > highest)
            {
                highest = value;
                best = m;
            }
        }

        return CascadeAction.Call(best, final: true);
    }

    // Newton steps on the pairwise logistic loss over all models' weights together.
    private static double[] Strengths(TraceTable table, double[] x, int d, int[] rows, double ridge)
    {
        int n = table.ModelCount;
        int width = d + 1;
        int size = n * width;
        double[] w = new double[size];
        double[] hessian = new double[size * size];
        double[] step = new double[size];
        double[] z = new double[width];
        z[0] = 1;
        for (int iteration = 0; iteration < Steps; iteration++)
        {
            Array.Clear(hessian);
            for (int i = 0; i < size; i++)
            {
                // Strengths have no zero of their own: a little of the ridge on the intercepts gives them one.
                double penalty = i % width == 0 ? 0.1 : ridge;
                hessian[(i * size) + i] = penalty;
                step[i] = -penalty * w[i];
            }

            foreach (int row in rows)
            {
                x.AsSpan(row * d, d).CopyTo(z.AsSpan(1));
                for (int i = 1; i < n; i++)
                {
                    for (int j = 0; j < i; j++)
                    {
                        double p = Logistic.Sigmoid(Strength(w, i, z) - Strength(w, j, z));
                        double residual = ((1 + table.Quality(row, i) - table.Quality(row, j)) / 2) - p;
                        Add(hessian, step, size, z, i, j, residual, p * (1 - p));
                    }
                }
            }

            Cholesky.Solve(hessian, step);
            for (int i = 0; i < size; i++)
            {
                w[i] += step[i];
            }

            if (step.Max(Math.Abs) < 1e-6)
            {
                break;
            }
        }

        return w;
    }

    private static double Strength(double[] w, int model, double[] z)
    {
        double sum = 0;
        for (int k = 0; k < z.Length; k++)
        {
            sum += w[(model * z.Length) + k] * z[k];
        }

        return sum;
    }

    private static void Add(double[] hessian, double[] step, int size, double[] z, int i, int j, double residual, double curvature)
    {
        int width = z.Length;
        for (int a = 0; a < width; a++)
        {
            step[(i * width) + a] += residual * z[a];
            step[(j * width) + a] -= residual * z[a];
            double scaled = curvature * z[a];
            for (int b = 0; b < width; b++)
            {
                double h = scaled * z[b];
                if (b <= a)
                {
                    hessian[(((i * width) + a) * size) + (i * width) + b] += h;
                    hessian[(((j * width) + a) * size) + (j * width) + b] += h;
                }

                hessian[(((i * width) + a) * size) + (j * width) + b] -= h;
            }
        }
    }

    private static double Loss(TraceTable table, double[] x, int d, ReadOnlySpan<int> rows, double[] w)
    {
        double loss = 0;
        double[] z = new double[d + 1];
        z[0] = 1;
        foreach (int row in rows)
        {
            x.AsSpan(row * d, d).CopyTo(z.AsSpan(1));
            for (int i = 1; i < table.ModelCount; i++)
            {
                for (int j = 0; j < i; j++)
                {
                    double p = Math.Clamp(Logistic.Sigmoid(Strength(w, i, z) - Strength(w, j, z)), 1e-6, 1 - 1e-6);
                    double won = (1 + table.Quality(row, i) - table.Quality(row, j)) / 2;
                    loss -= (won * Math.Log(p)) + ((1 - won) * Math.Log(1 - p));
                }
            }
        }

        return loss;
    }

    internal sealed record LeaderboardDocument : PolicyDocument
    {
        public required ContextFeatures Features { get; init; }

        public required double[] Weights { get; init; }

        public required CascadeCost[] Cost { get; init; }

        public required CascadeObjective Objective { get; init; }

        public override ICascadePolicy ToPolicy() => new LeaderboardPolicy(Models, Features, Weights, Cost, Objective);
    }
}
