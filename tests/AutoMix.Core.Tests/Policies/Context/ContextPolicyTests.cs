using AutoMix.Evaluation;
using AutoMix.Policies;
using AutoMix.Statistics;

namespace AutoMix.Core.Tests.Policies;

public sealed class ContextPolicyTests
{
    [Fact]
    public void Cluster_PlantedClusters_AreFound()
    {
        TraceTable table = Synthetic.Table(400);
        float[] centres = ExpertRouterPolicy.Cluster(table, 2);
        int Nearest(int row) => Distance(centres, 0, table.Embedding(row).Span) < Distance(centres, 1, table.Embedding(row).Span) ? 0 : 1;
        double same = Enumerable.Range(0, table.RowCount).Average(row => Nearest(row) == Topic(table, row) ? 1.0 : 0);
        Math.Max(same, 1 - same).Should().BeGreaterThan(0.9);
    }

    [Fact]
    public void ExpertRouter_ATopicWithAnExpert_GoesToIt()
    {
        TraceTable table = Synthetic.Table(800);
        ICascadePolicy policy = ExpertRouterPolicy.Fit(table, [new CascadeObjective(10)], 2)[0];
        Share(policy, table, topic: 1, model: 1).Should().BeGreaterThan(0.9);
        Share(policy, table, topic: 0, model: 1).Should().BeLessThan(0.2);
    }

    [Fact]
    public void Leaderboard_PlantedStrengths_AreRecovered()
    {
        // Strengths without context: wins follow Bradley-Terry with these log-odds.
        double[] strength = [0, 1, 2.5];
        var random = new Random(3);
        TraceTable table = TraceTable.From(Enumerable.Range(0, 6000).Select(i =>
        {
            int a = random.Next(3);
            int b = (a + 1 + random.Next(2)) % 3;
            bool wins = random.NextDouble() < 1 / (1 + Math.Exp(strength[b] - strength[a]));

            // The third model ties with both winner and loser by half: its pairs say nothing systematic.
            double[] quality = [0.5, 0.5, 0.5];
            quality[a] = wins ? 1 : 0;
            quality[b] = wins ? 0 : 1;
            return new TraceRecord
            {
                Id = "l" + i,
                Answers = [.. quality.Select((q, m) => new TraceAnswer { Model = "m" + m, Answer = $"{i}{m}", Quality = q, AnswerCost = 0.001 })],
            };
        })).WithEmbeddings(_ => new float[] { 1, 0 });
        var policy = (LeaderboardPolicy)LeaderboardPolicy.Fit(table, [default])[0];
        double[] found = new double[3];
        policy.Strengths(new CascadeHistory(3), found);
        found.Should().BeInAscendingOrder();
        (found[2] - found[0]).Should().BeGreaterThan(found[1] - found[0]);
    }

    [Fact]
    public void Leaderboard_TopicsWithExperts_RanksThemPerQuery()
    {
        TraceTable table = Synthetic.Table(800);
        ICascadePolicy policy = LeaderboardPolicy.Fit(table, [new CascadeObjective(10)])[0];
        Share(policy, table, topic: 1, model: 1).Should().BeGreaterThan(Share(policy, table, topic: 0, model: 1) + 0.3);
    }

    [Fact]
    public void EdgeCloud_SlowNetworkOrLongPrompt_StaysOnTheEdge()
    {
        TraceTable table = Synthetic.Table(300, models: 2);
        var policy = (EdgeCloudPolicy)EdgeCloudPolicy.Fit(table, [new CascadeObjective(1, SecondWeight: 0.2)])[0];
        var history = new CascadeHistory(2) { InputTokens = 100 };
        policy.Decide(history).Model.Should().Be(1);
        (policy with { Network = [0, 5] }).Decide(history).Model.Should().Be(0);
        var dear = (EdgeCloudPolicy)EdgeCloudPolicy.Fit(table, [new CascadeObjective(1000)])[0];
        dear.Decide(history).Model.Should().Be(0);
    }

    [Fact]
    public void PrincipalComponents_PlantedDirection_IsTheFirstAndScaledToOne()
    {
        var random = new Random(2);
        ReadOnlyMemory<float>[] rows = [.. Enumerable.Range(0, 500).Select(_ =>
        {
            float along = (float)(10 * (random.NextDouble() - 0.5));
            return new ReadOnlyMemory<float>([.. Enumerable.Range(0, 6).Select(i => (i < 2 ? along : 0) + (float)(0.1 * random.NextDouble()))]);
        })];
        PrincipalComponents fitted = PrincipalComponents.Fit(rows, 3);
        double[] coordinates = new double[3];
        double squares = 0;
        double together = 0;
        foreach (ReadOnlyMemory<float> row in rows)
        {
            fitted.Project(row.Span, coordinates);
            squares += coordinates[0] * coordinates[0] / rows.Length;
            together += coordinates[0] * (row.Span[0] - fitted.Mean[0]) / rows.Length;
        }

        // The planted coordinate is uniform on an interval of 10: its deviation is 10 / sqrt(12).
        squares.Should().BeApproximately(1, 0.01);
        Math.Abs(together).Should().BeApproximately(10 / Math.Sqrt(12), 0.2);
        fitted.Project([], coordinates);
        coordinates.Should().AllBeEquivalentTo(0.0);
    }

    [Fact]
    public void LogisticRidge_KnownModel_IsRecovered()
    {
        var random = new Random(1);
        double[] x = [.. Enumerable.Range(0, 8000).Select(_ => (2 * random.NextDouble()) - 1)];
        double[] y = [.. Enumerable.Range(0, 4000).Select(i => random.NextDouble() < Logistic.Sigmoid(0.5 + (1.5 * x[2 * i]) - (0.7 * x[(2 * i) + 1])) ? 1.0 : 0)];
        double[] w = Logistic.Ridge(x, y, 1e-3);
        w[0].Should().BeApproximately(0.5, 0.15);
        w[1].Should().BeApproximately(1.5, 0.2);
        w[2].Should().BeApproximately(-0.7, 0.2);
    }

    [Fact]
    public void SuffixAttack_ARouterByContext_IsTurnedAndTheDefenceBringsItBack()
    {
        // Model 1 is the dear one here, and the expert of topic 1.
        TraceTable table = Synthetic.Table(800, models: 2);
        string[] prompts = [.. Enumerable.Range(0, table.RowCount).Where(row => Topic(table, row) == 0).Take(60).Select(table.Prompt)];
        static ReadOnlyMemory<float> Embed(string text) => Synthetic.BagOfWords(text);
        TrainedFamily family = PolicyRegistry.Get("edge-cloud").Train(table);

        // A price at which untouched queries of topic 0 go to the cheap model.
        ICascadePolicy open = ((double[])[100, 150, 200, 250, 300, 350, 400]).Select(w => family.For(new CascadeObjective(w)))
            .First(policy => SuffixAttack.Share(policy, Embed, prompts, "", 1) < 0.1);
        string suffix = SuffixAttack.Find(open, Embed, prompts, Synthetic.Words, target: 1, length: 8);
        double before = SuffixAttack.Share(open, Embed, prompts, "", 1);
        double attacked = SuffixAttack.Share(open, Embed, prompts, suffix, 1);
        ICascadePolicy defended = ContextDefence.Clip(open, table, 0.25);
        double after = SuffixAttack.Share(defended, Embed, prompts, suffix, 1);
        attacked.Should().BeGreaterThan(before + 0.5);
        after.Should().BeLessThan(before + 0.1);
        Synthetic.Reload(defended).Decide(new CascadeHistory(2)).Should().Be(defended.Decide(new CascadeHistory(2)));
    }

    [Fact]
    public void PomdpKde_TwoModels_EqualsBruteForceOverEscalatedBins()
    {
        TraceTable table = Synthetic.Table(300, models: 2);
        var objective = new CascadeObjective(20);
        double value = Candidate.Measure(KdePomdp.Solve(table, [objective])[0], table).Value(objective);
        double[] edges = [.. Enumerable.Range(1, 7).Select(k => Enumerable.Range(0, 300).Select(row => table.Confidence(row, 0)).Order().ElementAt(300 * k / 8))];
        var bins = new PairBins(table, 0, 1, edges);
        double best = Enumerable.Range(0, 256).Max(set => bins.Candidate("x", [.. Enumerable.Range(0, 8).Select(b => (set >> b & 1) != 0)]).Value(objective));

        // The brute force sees the training noise that the kernel smooths away: it is at most a little ahead.
        value.Should().BeLessThanOrEqualTo(best + 1e-9);
        value.Should().BeGreaterThan(best - 0.02);
    }

    private static int Topic(TraceTable table, int row) => Array.IndexOf(Synthetic.Words, table.Prompt(row).Split(' ')[0]) / 8;

    private static double Share(ICascadePolicy policy, TraceTable table, int topic, int model) => Enumerable.Range(0, table.RowCount)
        .Where(row => Topic(table, row) == topic)
        .Average(row => CascadeReplay.Run(policy, table, row, new CascadeHistory(table.ModelCount)).Model == model ? 1.0 : 0);

    private static double Distance(float[] centres, int c, ReadOnlySpan<float> e) =>
        System.Numerics.Tensors.TensorPrimitives.Distance(centres.AsSpan(c * e.Length, e.Length), e);
}
