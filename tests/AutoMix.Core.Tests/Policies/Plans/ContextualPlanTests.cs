using AutoMix.Core.Tests.Cascades;
using AutoMix.Evaluation;
using AutoMix.Policies;

namespace AutoMix.Core.Tests.Policies;

public sealed class ContextualPlanTests
{
    private const int Rows = 300;
    private static readonly CascadeFitOptions Options = new();
    private static readonly CascadeObjective[] Objectives = [new(500), new(5000), new(20000)];

    [Fact]
    public void Fit_EmbeddingsThatTellDifficulty_ShiftsEasyQueriesUpAndHardOnesDown()
    {
        TraceTable table = Telling(seed: 5);
        DifficultyShift shift = DifficultyShift.Fit(table, Model(table))!;
        double[] quality = [.. Enumerable.Range(0, Rows).Select(row => Enumerable.Range(0, 3).Average(m => table.Quality(row, m)))];
        int[] byShift = [.. Enumerable.Range(0, Rows).OrderBy(row => shift.Of(table.Embedding(row).Span))];
        byShift[..100].Average(row => quality[row]).Should().BeLessThan(byShift[^100..].Average(row => quality[row]) - 0.2);
        shift.Of([]).Should().Be(0);
    }

    [Fact]
    public void Fit_EmbeddingsThatTellNothing_IsDropped()
    {
        TraceTable table = Noise(seed: 6);
        DifficultyShift.Fit(table, Model(table)).Should().BeNull();
        ContextualPlan.Fit(table, Model(table), Model(table).Solve(Objectives)).Should().AllBeOfType<CascadePlan>();
    }

    [Fact]
    public void Decide_NoEmbedding_IsThePlanWithoutContext()
    {
        TraceTable table = Telling(seed: 7);
        CascadeModel model = Model(table);
        IReadOnlyList<ICascadePolicy> contextual = ContextualPlan.Fit(table, model, model.Solve(Objectives));
        IReadOnlyList<CascadePlan> plain = model.Solve(Objectives);
        TraceTable bare = TraceTable.From(SimulatedTraces.Create(3, Rows, seed: 8));
        for (int i = 0; i < Objectives.Length; i++)
        {
            contextual[i].Should().BeOfType<ContextualPlan>();
            contextual[i].Needs.Should().Be(PolicyNeeds.Embeddings);
            foreach (int row in Enumerable.Range(0, Rows))
            {
                Actions(contextual[i], bare, row).Should().Equal(Actions(plain[i], bare, row));
            }
        }
    }

    [Fact]
    public void Decide_HardLookingQuery_StartsNoLowerThanAnEasyLookingOne()
    {
        TraceTable table = Telling(seed: 9);
        DifficultyShift shift = DifficultyShift.Fit(table, Model(table))!;
        int[] byShift = [.. Enumerable.Range(0, Rows).OrderBy(row => shift.Of(table.Embedding(row).Span))];
        double[] hard = new double[3];
        double[] easy = new double[3];
        foreach (ICascadePolicy policy in ContextualPlan.Fit(table, Model(table), Model(table).Solve(Objectives)))
        {
            policy.TryGetBelief(new CascadeHistory(3) { Embedding = table.Embedding(byShift[0]) }, hard).Should().BeTrue();
            policy.TryGetBelief(new CascadeHistory(3) { Embedding = table.Embedding(byShift[^1]) }, easy).Should().BeTrue();
            for (int m = 0; m < 3; m++)
            {
                hard[m].Should().BeLessThan(easy[m]);
            }
        }
    }

    [Fact]
    public void Save_AContextualPlan_LoadsAsOneThatDecidesAlike()
    {
        TraceTable table = Telling(seed: 10);
        foreach (ICascadePolicy policy in ContextualPlan.Fit(table, Model(table), Model(table).Solve(Objectives)))
        {
            ICascadePolicy loaded = Synthetic.Reload(policy);
            foreach (int row in Enumerable.Range(0, Rows))
            {
                Actions(loaded, table, row).Should().Equal(Actions(policy, table, row));
            }
        }
    }

    [Fact]
    public void Shifted_AnyMean_IsADistributionAndMovesEveryModelTheSameWay()
    {
        CorrectnessPrior prior = Model(Telling(seed: 11)).Prior;
        double[] before = new double[3];
        foreach (double mean in (double[])[-1.5, -0.5, 0, 0.5, 1.5])
        {
            CorrectnessPrior shifted = prior.Shifted(mean);
            shifted.Joint.ToArray().Sum().Should().BeApproximately(1, 1e-12);
            for (int m = 0; m < 3; m++)
            {
                shifted.Accuracy(m).Should().BeGreaterThan(before[m]);
                before[m] = shifted.Accuracy(m);
            }
        }
    }

    private static CascadeModel Model(TraceTable table) => CascadeModel.Fit(CascadeCounts.From(table), Options);

    // Dimension 0 of an embedding is how many models are right, with noise; the others are noise.
    private static TraceTable Telling(int seed) => Embedded(seed, 1);

    private static TraceTable Noise(int seed) => Embedded(seed, 0);

    private static TraceTable Embedded(int seed, double signal)
    {
        IReadOnlyList<TraceRecord> records = SimulatedTraces.Create(3, Rows, seed);
        var random = new Random(seed);
        Dictionary<string, float[]> embeddings = records.ToDictionary(
            record => record.Id,
            record => Enumerable.Range(0, 16).Select(i => (float)((i == 0 ? signal * record.Answers.Sum(a => a.Quality) : 0) + (2 * random.NextDouble()) - 1)).ToArray());
        return TraceTable.From(records.Select(record => record with { Prompt = record.Id })).WithEmbeddings(prompt => embeddings[prompt]);
    }

    private static List<CascadeAction> Actions(ICascadePolicy policy, TraceTable table, int row)
    {
        var actions = new List<CascadeAction>();
        CascadeReplay.Run(policy, table, row, new CascadeHistory(table.ModelCount), actions.Add);
        return actions;
    }
}
