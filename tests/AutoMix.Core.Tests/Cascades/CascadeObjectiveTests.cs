namespace AutoMix.Core.Tests.Cascades;

public sealed class CascadeObjectiveTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Solve_AnyWeightNoFinitePositiveNumber_IsRefused(int weight)
    {
        foreach (double value in (double[])[-0.1, double.NaN, double.PositiveInfinity])
        {
            double[] weights = new double[3];
            weights[weight] = value;
            Solving(new(weights[0], weights[1], weights[2])).Should().Throw<ArgumentException>().WithMessage("*finite numbers*");
        }
    }

    [Theory]
    [InlineData(-0.01)]
    [InlineData(1.01)]
    public void Solve_AbstainingWorthMoreThanACorrectAnswerOrLessThanNothing_IsRefused(double reward) =>
        Solving(new(1, AbstainReward: reward)).Should().Throw<ArgumentException>().WithMessage("*in [0, 1]*");

    [Theory]
    [InlineData(0.0)]
    [InlineData(1.0)]
    public void Solve_EndsOfTheRanges_AreTaken(double reward) => Solving(new(0, 0, 0, reward)).Should().NotThrow();

    private static Action Solving(CascadeObjective objective) => () => RandomCascades.Create(1, 1, seed: 1).Solve(objective);
}
