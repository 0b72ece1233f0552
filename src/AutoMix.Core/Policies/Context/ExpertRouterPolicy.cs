using System.Numerics.Tensors;

namespace AutoMix.Policies;

/// <summary>Expert router (Pichlmeier, Ross and Luckow, 2024): queries are clustered by their embeddings, and each cluster goes to its expert.</summary>
/// <param name="Models">The names of all models.</param>
/// <param name="Dimension">The length of an embedding.</param>
/// <param name="Centres">The centres of the clusters, one after the other.</param>
/// <param name="Experts">The model of each cluster.</param>
/// <param name="Otherwise">The model for a query without an embedding.</param>
internal sealed record ExpertRouterPolicy(IReadOnlyList<string> Models, int Dimension, float[] Centres, int[] Experts, int Otherwise)
    : RouterPolicy("expert-router", Models)
{
    private const int Restarts = 4;
    private const int Iterations = 25;

    // Queries' worth of weight with which a cluster's qualities are pulled to those over all queries.
    private const double PriorWeight = 15;
    private static readonly int[] ClusterCounts = [2, 4, 8, 16];

    public override PolicyNeeds Needs => PolicyNeeds.Embeddings;

    public static TrainedFamily Train(TraceTable table) => ClusterCounts
        .Where(k => k * 5 <= table.RowCount || k == ClusterCounts[0])
        .Select(k => TrainedFamily.PerObjective(table, (rows, objectives) => Fit(rows, objectives, k)))
        .MaxBy(family => family.Curve.Points.Average(point => point.Accuracy - (point.CostWeight * point.CostPerQuery)))!;

    public static IReadOnlyList<ICascadePolicy> Fit(TraceTable table, IReadOnlyList<CascadeObjective> objectives, int clusters)
    {
        float[] centres = Cluster(table, clusters);
        int d = table.Embedding(0).Length;
        clusters = centres.Length / d;
        int[] member = [.. Enumerable.Range(0, table.RowCount).Select(row => Nearest(centres, d, table.Embedding(row).Span))];
        double[] quality = [.. Enumerable.Range(0, table.ModelCount).Select(table.MeanQuality)];
        CascadeCost[] cost = [.. Enumerable.Range(0, table.ModelCount).Select(table.MeanCost)];
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

    protected override void Prepare()
    {
        Expect(Dimension > 0 && Experts.Length > 0 && Centres.Length == Dimension * Experts.Length, "centres");
        Expect(Experts.Append(Otherwise).All(m => m >= 0 && m < ModelCount), "experts");
    }

    protected override int Pick(CascadeHistory history) =>
        history.Embedding.Length == Dimension ? Experts[Nearest(Centres, Dimension, history.Embedding.Span)] : Otherwise;

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
}
