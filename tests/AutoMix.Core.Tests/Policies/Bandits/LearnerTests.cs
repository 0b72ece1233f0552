using AutoMix.Evaluation;
using AutoMix.Policies;
using MathNet.Numerics.LinearAlgebra;

namespace AutoMix.Core.Tests.Policies;

public sealed class LearnerTests
{
    private static readonly string[] Three = ["a", "b", "c"];
    private static readonly double[] Quality = [0.5, 0.8, 0.85];
    private static readonly double[] Dollars = [0.001, 0.004, 0.02];

    public static TheoryData<string> Bandits => ["linucb", "thompson", "pickllm"];

    [Theory]
    [MemberData(nameof(Bandits))]
    public void Update_TwentySeeds_RegretGrowsSublinearly(string key)
    {
        // Values .49, .76, .65: the middle model is best.
        var objective = new CascadeObjective(10);
        double early = 0;
        double late = 0;
        for (int seed = 0; seed < 20; seed++)
        {
            (double first, double last, _) = Play(Start(key, objective), objective, seed, rounds: 1600);
            early += first / 20;
            late += last / 20;
        }

        // Regret of the first quarter against the last: linear regret would keep them equal.
        late.Should().BeLessThan(0.5 * early, key);
    }

    [Theory]
    [MemberData(nameof(Bandits))]
    public void Update_SavedAndLoadedBetween_GoesOnTheSame(string key)
    {
        var objective = new CascadeObjective(10);
        (_, _, ILearningPolicy learned) = Play(Start(key, objective), objective, 3, 200);
        var loaded = (ILearningPolicy)Synthetic.Reload(learned);
        var outcome = new PolicyOutcome { Answers = [new AnswerOutcome(1, new CascadeCost(0.004), 1)] };
        for (ulong request = 0; request < 1000; request++)
        {
            var history = new CascadeHistory(3) { RequestKey = request };
            loaded.Decide(history).Should().Be(learned.Decide(history));
            loaded.Update(outcome).Decide(history).Should().Be(learned.Update(outcome).Decide(history));
        }
    }

    [Theory]
    [MemberData(nameof(Bandits))]
    public void Update_ASnapshot_IsNotChanged(string key)
    {
        ILearningPolicy before = Start(key, new CascadeObjective(10));
        CascadeAction[] decided = [.. Enumerable.Range(0, 50).Select(i => before.Decide(new CascadeHistory(3) { RequestKey = (ulong)i }))];
        ILearningPolicy after = before;
        for (int i = 0; i < 50; i++)
        {
            after = after.Update(new PolicyOutcome { Answers = [new AnswerOutcome(2, new CascadeCost(0.02), 1), new AnswerOutcome(0, new CascadeCost(0.001), 0)] });
        }

        Enumerable.Range(0, 50).Select(i => before.Decide(new CascadeHistory(3) { RequestKey = (ulong)i })).Should().Equal(decided);
    }

    [Fact]
    public void LinUcb_WithContext_LearnsWhichModelIsWhoseExpert()
    {
        TraceTable table = Synthetic.Table(800);
        ICascadePolicy policy = PolicyRegistry.Get("linucb").Train(table).For(new CascadeObjective(10));
        double Share(int topic) => Enumerable.Range(0, table.RowCount)
            .Where(row => Array.IndexOf(Synthetic.Words, table.Prompt(row).Split(' ')[0]) / 8 == topic)
            .Average(row => CascadeReplay.Run(policy, table, row, new CascadeHistory(3)).Model == 1 ? 1.0 : 0);
        Share(1).Should().BeGreaterThan(Share(0) + 0.3);
    }

    [Fact]
    public void LinearArms_RankOneUpdates_EqualTheRidgeSolution()
    {
        var random = new Random(4);
        LinearArms arms = LinearArms.Empty(2, 3);
        double[,] a = { { 1, 0, 0 }, { 0, 1, 0 }, { 0, 0, 1 } };
        double[] b = new double[3];
        for (int i = 0; i < 40; i++)
        {
            double[] z = [1, random.NextDouble() - 0.5, random.NextDouble() - 0.5];
            double q = random.NextDouble();
            arms = arms.With(new AnswerOutcome(1, default, q), z);
            for (int r = 0; r < 3; r++)
            {
                b[r] += q * z[r];
                for (int c = 0; c < 3; c++)
                {
                    a[r, c] += z[r] * z[c];
                }
            }
        }

        double[] solved = [.. Matrix<double>.Build.DenseOfArray(a).Cholesky().Solve(Vector<double>.Build.Dense(b))];
        double[] at = [1, 0.2, -0.3];
        arms.Estimate(1, at).Mean.Should().BeApproximately(solved[0] + (0.2 * solved[1]) - (0.3 * solved[2]), 1e-9);
        arms.Estimate(0, at).Mean.Should().Be(0);
    }

    [Theory]
    [InlineData(0.006)]
    [InlineData(0.012)]
    [InlineData(0.018)]
    public void CombinatorialBandit_LongRun_KeepsItsBudgetAndUsesIt(double budget)
    {
        ILearningPolicy policy = Learners.CombinatorialBandit(Three, EnsembleReward.SumUp, 2, budget, width: 0.1);
        double spent = 0;
        var random = new Random(8);
        const int Rounds = 4000;
        for (int round = 0; round < Rounds; round++)
        {
            var history = new CascadeHistory(3) { RequestKey = RequestKeys.FromText("r" + round) };
            var answers = new List<AnswerOutcome>();
            while (policy.Decide(history) is { Kind: CascadeActionKind.Call } call)
            {
                history.RecordAnswer(call.Model);
                answers.Add(new AnswerOutcome(call.Model, new CascadeCost(Dollars[call.Model]), random.NextDouble() < Quality[call.Model] ? 1 : 0));
                spent += Dollars[call.Model];
            }

            answers.Should().HaveCount(2);
            policy = policy.Update(new PolicyOutcome { Answers = answers });
        }

        // The first rounds look for prices; the mean of the long run is what is promised.
        (spent / Rounds).Should().BeLessThan(budget * 1.04);
        (spent / Rounds).Should().BeGreaterThan(Math.Min(budget, 0.021) * 0.85);
    }

    [Fact]
    public void CombinatorialBandit_KnownModels_PicksTheBruteForceSet()
    {
        foreach (EnsembleReward reward in Enum.GetValues<EnsembleReward>())
        {
            double[] counts = [1e9, 1e9, 1e9];
            var policy = new CombinatorialBanditPolicy(Three, reward, 2, 1, 0, 0, [.. Quality.Select(q => q * 1e9)], counts, [.. Dollars.Select(d => d * 1e9)], counts);
            double Worth(int x, int y) => reward switch
            {
                EnsembleReward.AnyWin => 1 - ((1 - Quality[x]) * (1 - Quality[y])),
                EnsembleReward.AllIn => Quality[x] * Quality[y],
                _ => Quality[x] + Quality[y],
            };
            (int, int) best = (((int, int)[])[(0, 1), (0, 2), (1, 2)]).MaxBy(s => Worth(s.Item1, s.Item2));
            policy.Fractions[best.Item1].Should().Be(1);
            policy.Fractions[best.Item2].Should().Be(1);
        }
    }

    [Fact]
    public void Update_PoisonedFeedback_MovesAnUnguardedLearnerAndNotAGuardedOne()
    {
        var objective = new CascadeObjective(10);
        ILearningPolicy open = Learners.LinUcb(Three, objective, 0.1);
        ILearningPolicy guarded = Learners.Guard(Learners.LinUcb(Three, objective, 0.1));
        var random = new Random(6);
        for (int i = 0; i < 3000; i++)
        {
            // Six of ten reports come from one source, which praises the dear model and damns the others.
            bool attack = random.Next(10) < 6;
            int m = random.Next(3);
            var outcome = new PolicyOutcome
            {
                Source = attack ? "attacker" : "user" + random.Next(20),
                Answers = [new AnswerOutcome(m, new CascadeCost(Dollars[m]), attack ? (m == 2 ? 1 : 0) : random.NextDouble() < Quality[m] ? 1 : 0)],
            };
            open = open.Update(outcome);
            guarded = guarded.Update(outcome);
        }

        open.Decide(new CascadeHistory(3)).Model.Should().Be(2);
        guarded.Decide(new CascadeHistory(3)).Model.Should().Be(1);
    }

    [Fact]
    public void Guard_OneSourceOnly_StillLearns()
    {
        ILearningPolicy guarded = Learners.Guard(Learners.LinUcb(Three, new CascadeObjective(10), 0.1), trim: 0);
        for (int i = 0; i < 300; i++)
        {
            guarded = guarded.Update(new PolicyOutcome { Answers = [.. Enumerable.Range(0, 3).Select(m => new AnswerOutcome(m, new CascadeCost(Dollars[m]), Quality[m]))] });
        }

        guarded.Decide(new CascadeHistory(3)).Model.Should().Be(1);
    }

    private static ILearningPolicy Start(string key, CascadeObjective objective) => key switch
    {
        "linucb" => Learners.LinUcb(Three, objective),
        "thompson" => Learners.Thompson(Three, objective),
        _ => Learners.PickLlm(Three, objective),
    };

    private static (double First, double Last, ILearningPolicy Learned) Play(ILearningPolicy policy, CascadeObjective objective, int seed, int rounds)
    {
        double[] value = [.. Quality.Select((q, m) => q - objective.Price(new CascadeCost(Dollars[m])))];
        var random = new Random(seed);
        double first = 0;
        double last = 0;
        for (int round = 0; round < rounds; round++)
        {
            var history = new CascadeHistory(3) { RequestKey = RequestKeys.FromText($"{seed}/{round}") };
            int m = policy.Decide(history).Model;
            double regret = value.Max() - value[m];
            first += round < rounds / 4 ? regret : 0;
            last += round >= rounds - (rounds / 4) ? regret : 0;
            policy = policy.Update(new PolicyOutcome { Answers = [new AnswerOutcome(m, new CascadeCost(Dollars[m]), random.NextDouble() < Quality[m] ? 1 : 0)] });
        }

        return (first, last, policy);
    }

    [Fact]
    public void WithoutOutlyingSources_ManyWhoGradeOnce_AllStay()
    {
        PolicyOutcome[] batch = [.. Enumerable.Range(0, 100).Select(i => Graded($"user {i}", i % 10 == 0 ? 0 : 1))];

        Learners.WithoutOutlyingSources(batch, 1, 0.1).Should().HaveCount(100);
    }

    [Fact]
    public void WithoutOutlyingSources_OneWhoLies_IsLeftOut()
    {
        PolicyOutcome[] batch = [.. Enumerable.Range(0, 200).Select(i => Graded($"user {i % 10}", i % 10 == 3 ? 0 : 1))];

        Learners.WithoutOutlyingSources(batch, 1, 0.1).Should().HaveCount(180).And.NotContain(o => o.Source == "user 3");
    }

    private static PolicyOutcome Graded(string source, double quality) => new() { Source = source, Answers = [new(0, default, quality)] };
}
