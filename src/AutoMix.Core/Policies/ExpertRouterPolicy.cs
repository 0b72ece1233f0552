using System.Numerics.Tensors;

namespace AutoMix.Policies;

/// <summary>Expert router (Pichlmeier, Ross and Luckow, 2024): queries are clustered by their embeddings, and each cluster goes to its expert.</summary>
internal sealed class ExpertRouterPolicy : FittedPolicy
{
    private const int Restarts = 4;
    private const int Iterations = 25;

    // Queries' worth of weight with which a cluster's qualities are pulled to those over all queries.
    private const double PriorWeight = 15;
    private static readonly int[] ClusterCounts = [2, 4, 8, 16];
    private readonly int _dimension;
    private readonly float[] _centres;
    private readonly int[] _experts;
    private readonly int _otherwise;

    /// <param name="models">Names of all models.</param>
    /// <param name="dimension">Length of an embedding.</param>
    /// <param name="centres">Centres of the clusters, one after the other.</param>
    /// <param name="experts">The model of each cluster.</param>
    /// <param name="otherwise">The model where there is no embedding.</param>
    public ExpertRouterPolicy(IReadOnlyList<string> models, int dimension, float[] centres, int[] experts, int otherwise)
        : base("expert-router", models)
    {
        Expect(dimension > 0 && experts.Length > 0 && centres.Length == dimension * experts.Length, "centres");
        Expect(experts.Append(otherwise).All(m => m >= 0 && m < models.Count), "experts");
        _dimension = dimension;
        _centres = centres;
        _experts = experts;
        _otherwise = otherwise;
    }

    public override PolicyNeeds Needs => PolicyNeeds.Embeddings;

    public static TrainedFamily Train(TraceTable table) => ClusterCounts
        .Where(k => k * 5 <= table.RowCount || k == ClusterCounts[0])
        .Select(k => FamilyTraining.PerObjective(table, (rows, objectives) => Fit(rows, objectives, k)))
        .MaxBy(family => family.Curve.Points.Average(point => point.Accuracy - (point.CostWeight * point.CostPerQuery)))!;

    public static IReadOnlyList<ICascadePolicy> Fit(TraceTable table, IReadOnlyList<CascadeObjective> objectives, int clusters)
    {
        float[] centres = Cluster(table, clusters);
        int d = table.Embedding(0).Length;
        clusters = centres.Length / d;
        int[] member = [.. Enumerable.Range(0, table.RowCount).Select(row => Nearest(centres, d, table.Embedding(row).Span))];
        double[] quality = new double[table.ModelCount];
        var cost = new CascadeCost[table.ModelCount];
        for (int m = 0; m < table.ModelCount; m++)
        {
            quality[m] = Enumerable.Range(0, table.RowCount).Average(row => table.Quality(row, m));
            cost[m] = new CascadeCost(
                Enumerable.Range(0, table.RowCount).Average(row => table.AnswerCost(row, m)),
                Enumerable.Range(0, table.RowCount).Average(row => table.Tokens(row, m)),
                Enumerable.Range(0, table.RowCount).Average(row => table.Seconds(row, m)));
        }

        double[] local = new double[clusters * table.ModelCount];
        for (int c = 0; c < clusters; c++)
        {
            int[] rows = [.. Enumerable.Range(0, table.RowCount).Where(row => member[row] == c)];
            for (int m = 0; m < table.ModelCount; m++)
            {
                local[(c * table.ModelCount) + m] = (rows.Sum(row => table.Quality(row, m)) + (PriorWeight * quality[m])) / (rows.Length + PriorWeight);
            }
        }

        return [.. objectives.Select(objective =>
        {
            int Best(ReadOnlySpan<double> q)
            {
                int best = 0;
                for (int m = 1; m < q.Length; m++)
                {
                    best = q[m] - objective.Price(cost[m]) > q[best] - objective.Price(cost[best]) ? m : best;
                }

                return best;
            }

            int[] experts = [.. Enumerable.Range(0, clusters).Select(c => Best(local.AsSpan(c * table.ModelCount, table.ModelCount)))];
            return new ExpertRouterPolicy(table.Models, d, centres, experts, Best(quality));
        })];
    }

    /// <summary>The centres of k-means with k-means++ starts; of several starts the tightest.</summary>
    public static float[] Cluster(TraceTable table, int clusters)
    {
        int d = table.Embedding(0).Length;
        float[] best = [];
        double tightest = double.PositiveInfinity;
        for (int restart = 0; restart < Restarts; restart++)
        {
            float[] centres = Start(table, clusters, d, new Random(restart));
            double spread = 0;
            for (int step = 0; step < Iterations; step++)
            {
                double before = spread;
                spread = Improve(table, centres, d);
                if (step > 0 && before - spread < 1e-6 * before)
                {
                    break;
                }
            }

            if (spread < tightest)
            {
                tightest = spread;
                best = centres;
            }
        }

        return best;
    }

    public override PolicyDocument ToDocument() => new ExpertRouterDocument
    {
        Name = Name,
        Models = [.. Models],
        Dimension = _dimension,
        Centres = _centres,
        Experts = _experts,
        Otherwise = _otherwise,
    };

    protected override CascadeAction Choose(CascadeHistory history) =>
        Dearest(history) is >= 0 and var answered ? CascadeAction.Accept(answered)
        : CascadeAction.Call(history.Embedding.Length == _dimension ? _experts[Nearest(_centres, _dimension, history.Embedding.Span)] : _otherwise, final: true);

    private static int Nearest(ReadOnlySpan<float> centres, int d, ReadOnlySpan<float> embedding)
    {
        int nearest = 0;
        float least = float.PositiveInfinity;
        for (int c = 0; c * d < centres.Length; c++)
        {
            float distance = TensorPrimitives.Distance(centres.Slice(c * d, d), embedding);
            if (distance < least)
            {
                least = distance;
                nearest = c;
            }
        }

        return nearest;
    }

    private static float[] Start(TraceTable table, int clusters, int d, Random random)
    {
        var centres = new List<float>(table.Embedding(random.Next(table.RowCount)).ToArray());
        for (int c = 1; c < clusters; c++)
        {
            float[] so = [.. centres];
            double[] squares = [.. Enumerable.Range(0, table.RowCount).Select(row =>
            {
                double distance = TensorPrimitives.Distance(so.AsSpan(Nearest(so, d, table.Embedding(row).Span) * d, d), table.Embedding(row).Span);
                return distance * distance;
            })];
            double at = random.NextDouble() * squares.Sum();
            int chosen = 0;
            while (chosen < squares.Length - 1 && (at -= squares[chosen]) > 0)
            {
                chosen++;
            }

            centres.AddRange(table.Embedding(chosen).ToArray());
        }

        return [.. centres];
    }

    private static double Improve(TraceTable table, float[] centres, int d)
    {
        int clusters = centres.Length / d;
        float[] sums = new float[centres.Length];
        int[] counts = new int[clusters];
        double spread = 0;
        for (int row = 0; row < table.RowCount; row++)
        {
            ReadOnlySpan<float> e = table.Embedding(row).Span;
            int c = Nearest(centres, d, e);
            float distance = TensorPrimitives.Distance(centres.AsSpan(c * d, d), e);
            spread += distance * distance;
            counts[c]++;
            TensorPrimitives.Add(sums.AsSpan(c * d, d), e, sums.AsSpan(c * d, d));
        }

        for (int c = 0; c < clusters; c++)
        {
            if (counts[c] > 0)
            {
                TensorPrimitives.Divide(sums.AsSpan(c * d, d), counts[c], centres.AsSpan(c * d, d));
            }
        }

        return spread;
    }

    internal sealed record ExpertRouterDocument : PolicyDocument
    {
        public required int Dimension { get; init; }

        public required float[] Centres { get; init; }

        public required int[] Experts { get; init; }

        public required int Otherwise { get; init; }

        public override ICascadePolicy ToPolicy() => new ExpertRouterPolicy(Models, Dimension, Centres, Experts, Otherwise);
    }
}
