using AutoMix.Evaluation;
using AutoMix.Policies;

namespace AutoMix.Core.Tests.Policies;

public sealed class SupermodelTests
{
    [Fact]
    public void Best_RandomProblems_EqualsTheBruteForceOptimum()
    {
        var random = new Random(5);
        double[] draws = [.. Enumerable.Range(0, 4001).Select(i => Quantile((i + 0.5) / 4001))];
        for (int problem = 0; problem < 60; problem++)
        {
            int n = 1 + random.Next(3);
            double known = random.Next(4) == 0 ? double.NaN : random.NextDouble();
            int[] uncalled = [.. Enumerable.Range(0, n)];
            double[] quality = [.. uncalled.Select(_ => random.NextDouble())];
            double[] deviation = [.. uncalled.Select(_ => 0.02 + (0.3 * random.NextDouble()))];
            double[] price = [.. uncalled.Select(_ => 0.15 * random.NextDouble())];
            double[] values = [.. Enumerable.Range(0, 1 << n).Select(set => Value(set, n, known, quality, deviation, price, draws, random.Next()))];
            double best = Enumerable.Range(double.IsNaN(known) ? 1 : 0, (1 << n) - (double.IsNaN(known) ? 1 : 0)).Max(set => values[set]);
            int chosen = Supermodels.Best(known, uncalled, quality, deviation, price, SupermodelScope.Any);

            // The brute force integrates by sampling: what is chosen may differ only where two sets are as good.
            values[chosen].Should().BeApproximately(best, 0.006, $"problem {problem}");
        }
    }

    [Fact]
    public void Best_OneModelOnly_IsRoutingsArgMax()
    {
        double[] quality = [0.5, 0.7, 0.72];
        Supermodels.Best(double.NaN, [0, 1, 2], quality, new double[3], [0.01, 0.05, 0.2], SupermodelScope.Single).Should().Be(0b010);
        Supermodels.Best(double.NaN, [0, 1, 2], quality, new double[3], [0, 0, 0], SupermodelScope.Single).Should().Be(0b100);
    }

    [Fact]
    public void Best_NoModelPays_Stops()
    {
        Supermodels.Best(0.9, [0, 1], [0.5, 0.6], [0.1, 0.1], [0.05, 0.05], SupermodelScope.Any).Should().Be(0);
        Supermodels.Best(0.4, [0, 1], [0.5, 0.9], [0.1, 0.1], [0.05, 0.05], SupermodelScope.Prefix).Should().Be(0b11);
    }

    [Fact]
    public void CascadeRouting_AnyObjective_IsAtLeastAsGoodOnTrainAsItsSpecialCases()
    {
        TraceTable table = Synthetic.Table(180);
        TrainedFamily any = PolicyRegistry.Get("cascade-routing").Train(table);
        TrainedFamily prefix = PolicyRegistry.Get("cascading").Train(table);
        TrainedFamily single = PolicyRegistry.Get("routing").Train(table);
        foreach (double weight in (double[])[5, 30])
        {
            var objective = new CascadeObjective(weight);
            double best = Candidate.Measure(any.For(objective), table).Value(objective);
            best.Should().BeGreaterThan(Candidate.Measure(prefix.For(objective), table).Value(objective) - 0.03);
            best.Should().BeGreaterThan(Candidate.Measure(single.For(objective), table).Value(objective) - 0.03);
        }
    }

    [Fact]
    public void CascadeRouting_VerifyingCostsAsMuchAsAnswering_VerifiesTheCheapModelAndNotTheDearOne()
    {
        TraceTable table = TraceTable.From(Synthetic.Records(240, 1).Select(record => record with
        {
            Answers = [.. record.Answers.Select(answer => answer with { VerifyCost = answer.AnswerCost })],
        }));
        var history = new CascadeHistory(table.ModelCount);
        int[][] verified = [.. PolicyRegistry.Get("cascade-routing").Train(table).Policies().Select(policy =>
        {
            var models = new HashSet<int>();
            for (int row = 0; row < table.RowCount; row++)
            {
                CascadeReplay.Run(policy, table, row, history, step => _ = step.Kind == CascadeActionKind.Verify && models.Add(step.Model));
            }

            return (int[])[.. models];
        })];

        // Neither all nor none, as held-out value says.
        verified.Should().Contain(models => models.SequenceEqual(new[] { 0 }));
    }

    [Fact]
    public void Routing_TopicsWithExperts_SendsEachQueryToItsExpert()
    {
        TraceTable table = Synthetic.Table(600);
        ICascadePolicy policy = PolicyRegistry.Get("routing").Train(table).For(new CascadeObjective(10));
        int[] routed = [.. Enumerable.Range(0, table.RowCount).Select(row => Route(policy, table, row))];
        double Share(int topic) => Enumerable.Range(0, table.RowCount).Where(row => Topic(table, row) == topic).Average(row => routed[row] == 1 ? 1.0 : 0);
        Share(1).Should().BeGreaterThan(Share(0) + 0.3);
    }

    private static int Topic(TraceTable table, int row) => Array.IndexOf(Synthetic.Words, table.Prompt(row).Split(' ')[0]) / 8;

    private static int Route(ICascadePolicy policy, TraceTable table, int row) => CascadeReplay.Run(policy, table, row, new CascadeHistory(table.ModelCount)).Model;

    private static double Value(int set, int n, double known, double[] quality, double[] deviation, double[] price, double[] draws, int seed)
    {
        double[][] samples = [.. Enumerable.Range(0, n).Select(i =>
        {
            double[] shuffled = [.. draws];
            new Random(seed + i).Shuffle(shuffled);
            return shuffled;
        })];
        double sum = 0;
        for (int k = 0; k < draws.Length; k++)
        {
            double max = double.IsNaN(known) ? double.NegativeInfinity : known;
            for (int i = 0; i < n; i++)
            {
                max = (set >> i & 1) != 0 ? Math.Max(max, quality[i] + (deviation[i] * samples[i][k])) : max;
            }

            sum += max;
        }

        return (sum / draws.Length) - Enumerable.Range(0, n).Sum(i => (set >> i & 1) != 0 ? price[i] : 0);
    }

    private static double Quantile(double p) => MathNet.Numerics.Distributions.Normal.InvCDF(0, 1, p);
}
