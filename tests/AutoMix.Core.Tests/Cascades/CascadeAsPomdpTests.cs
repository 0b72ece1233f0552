using AutoMix.Pomdps;

namespace AutoMix.Core.Tests.Cascades;

/// <summary>The general solvers know nothing of cascades; given the routing problem as any other POMDP, they must find the value that the cascade's own solver finds.</summary>
public class CascadeAsPomdpTests
{
    [Theory]
    [InlineData(1, 3, 1)]
    [InlineData(2, 1, 2)]
    [InlineData(2, 2, 3)]
    [InlineData(2, 3, 4)]
    [InlineData(2, 2, 5)]
    [InlineData(3, 1, 6)]
    public void Sarsop_CascadeAsGeneralProblem_BoundsHoldTheExactValue(int models, int bins, int seed)
    {
        CascadeModel model = RandomCascades.Create(models, bins, seed);
        var objective = new CascadeObjective(0.3) { AbstainReward = 0.35 };
        double exact = new BruteForce(model, objective).ValueOf(model.Solve(objective));

        PomdpSolution solution = new SarsopSolver().Solve(CascadeAsPomdp.Create(model, objective), new SolverOptions { Precision = 1e-4 });

        solution.IsConverged.Should().BeTrue();
        solution.Lower.Should().BeApproximately(exact, 1.1e-4);
        solution.Upper.Should().BeApproximately(exact, 1.1e-4);
    }
}
