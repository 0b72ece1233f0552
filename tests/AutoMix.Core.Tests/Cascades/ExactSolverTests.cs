using CsCheck;

namespace AutoMix.Core.Tests.Cascades;

public sealed class ExactSolverTests
{
    private static readonly Gen<CascadeObjective> AnyObjective =
        Gen.Select(Gen.Double[0, 3], Gen.Double[0, 1], Gen.Bool).Select((weight, abstain, may) => new CascadeObjective(weight, AbstainReward: may ? abstain : null));

    [Fact]
    public void Solve_RandomSmallModels_EqualsBruteForceEnumeration()
    {
        Gen.Select(RandomCascades.Small, AnyObjective).Sample(
            (model, objective) =>
            {
                var bruteForce = new BruteForce(model, objective);
                CascadePlan plan = model.Solve(objective);
                plan.Solver.Should().Be(CascadeSolver.ExactBackwardInduction);
                bruteForce.ValueOf(plan).Should().BeApproximately(bruteForce.OptimalValue(), 1e-12);
            },
            iter: RandomCascades.Cases(150),
            seed: "0000000000g1");
    }

    [Fact]
    public void Solve_ManyObjectivesAtOnce_EqualsOneAtATime()
    {
        CascadeModel model = RandomCascades.Create(3, 2, seed: 5);
        CascadeObjective[] objectives = [.. Enumerable.Range(0, 19).Select(i => new CascadeObjective(0.15 * i))];
        IReadOnlyList<CascadePlan> together = model.Solve(objectives);
        for (int i = 0; i < objectives.Length; i++)
        {
            var bruteForce = new BruteForce(model, objectives[i]);
            bruteForce.ValueOf(together[i]).Should().BeApproximately(bruteForce.ValueOf(model.Solve(objectives[i])), 1e-12);
        }
    }

    [Fact]
    public void Decide_CallMarkedFinal_IsAcceptedWhateverIsObserved()
    {
        RandomCascades.Small.Sample(
            model =>
            {
                foreach (CascadePlan plan in model.Solve([.. Enumerable.Range(0, 6).Select(i => new CascadeObjective(i * 0.4))]))
                {
                    CascadeAction first = plan.Decide(new CascadeHistory(model.ModelCount));
                    bool accepted = true;
                    for (int bin = 0; bin < model.Confidence.Bins; bin++)
                    {
                        BruteForce.Seen seen = new(first.Model, 0, model.Verification(first.Model) == VerificationKind.Free ? bin : -1);
                        accepted &= plan.Decide(new BruteForce(model, default).History([seen])) == CascadeAction.Accept(first.Model);
                    }

                    first.IsFinal.Should().Be(accepted);
                }
            },
            iter: RandomCascades.Cases(60));
    }

    [Fact]
    public void Solve_PricesOfTokensAndSeconds_CountLikeDollars()
    {
        CascadeModel inDollars = RandomCascades.Create(2, 2, seed: 8);
        var objective = new CascadeObjective(0, TokenWeight: 2, SecondWeight: 3);
        objective.Price(new CascadeCost(5, 7, 11)).Should().Be(47);
        new BruteForce(inDollars, objective).ValueOf(inDollars.Solve(objective))
            .Should().BeApproximately(new BruteForce(inDollars, objective).OptimalValue(), 1e-12);
    }

    [Theory]
    [InlineData(-1.0, null)]
    [InlineData(double.NaN, null)]
    [InlineData(double.PositiveInfinity, null)]
    [InlineData(1.0, 1.5)]
    [InlineData(1.0, double.NaN)]
    public void Solve_ObjectiveOutOfRange_IsRefused(double weight, double? abstain)
    {
        CascadeModel model = RandomCascades.Create(2, 2, seed: 1);
        ((Action)(() => model.Solve(new CascadeObjective(weight, AbstainReward: abstain)))).Should().Throw<ArgumentException>();
    }

    [Fact]
    public void Belief_RandomHistories_EqualsBruteForceEnumeration()
    {
        Gen.Select(RandomCascades.Small, Gen.Int).Sample(
            (model, seed) =>
            {
                List<BruteForce.Seen> seen = RandomCascades.History(model, new Random(seed));

                // The belief reads single cells, the brute force whole bins: compare where they mean the same.
                CascadeModel flat = RandomCascades.WithFlatBins(model);
                double[] belief = new double[model.ModelCount];
                var bruteForce = new BruteForce(flat, default);
                flat.Belief(bruteForce.History(seen), belief).Should().BeTrue();
                double[] expected = bruteForce.Posterior(seen);
                for (int m = 0; m < belief.Length; m++)
                {
                    belief[m].Should().BeApproximately(expected[m], 1e-10);
                }
            },
            iter: RandomCascades.Cases(300));
    }

    [Fact]
    public void Belief_NothingObserved_IsThePrior()
    {
        CascadeModel model = RandomCascades.Create(3, 2, seed: 3);
        double[] belief = new double[3];
        model.Belief(new CascadeHistory(3), belief);
        belief.Should().Equal([.. Enumerable.Range(0, 3).Select(model.Accuracy)], (a, b) => Math.Abs(a - b) < 1e-12);
    }
}
