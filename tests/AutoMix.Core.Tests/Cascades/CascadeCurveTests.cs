namespace AutoMix.Core.Tests.Cascades;

public sealed class CascadeCurveTests
{
    private static readonly CascadeCurve Curve = new(
        [new(0, 0.90, 10), new(1, 0.91, 8), new(2, 0.88, 5), new(3, 0.80, 1)],
        [new(0, 0.70, 1), new(0, 0.90, 6)]);

    [Theory]
    [InlineData(1.0, 1)]
    [InlineData(0.99, 1)]
    [InlineData(0.97, 2)]
    [InlineData(0.80, 3)]
    public void WeightFor_KeepQuality_IsTheCheapestPointThatReachesTheShare(double share, double weight) =>
        Curve.WeightFor(Goal.KeepQuality(share)).Should().Be(weight);

    [Fact]
    public void WeightFor_KeepMoreThanAnythingReaches_IsTheMostAccuratePoint() =>
        new CascadeCurve([new(0, 0.8, 10), new(1, 0.7, 1)], [new(0, 0.9, 5)]).WeightFor(Goal.KeepQuality(1)).Should().Be(0);

    [Theory]
    [InlineData(100_000, 1)]
    [InlineData(7_900, 2)]
    [InlineData(1_000, 3)]
    public void WeightFor_SpendAtMost_IsTheMostAccuratePointWithinTheBudget(double dollarsPerThousand, double weight) =>
        Curve.WeightFor(Goal.SpendAtMost(dollarsPerThousand)).Should().Be(weight);

    [Fact]
    public void WeightFor_BudgetBelowTheCheapestPoint_SaysWhatItSpends() =>
        ((Action)(() => Curve.WeightFor(Goal.SpendAtMost(10)))).Should().Throw<ArgumentException>().WithMessage("*10*1000*");

    [Fact]
    public void WeightFor_ErrorCosts_IsTheValueOfADollar() => Curve.WeightFor(Goal.ErrorCosts(0.25)).Should().Be(4);

    [Theory]
    [InlineData(0.0)]
    [InlineData(-0.5)]
    [InlineData(1.01)]
    [InlineData(double.NaN)]
    public void KeepQuality_OutOfRange_IsRefused(double share) =>
        ((Action)(() => Goal.KeepQuality(share))).Should().Throw<ArgumentOutOfRangeException>();

    [Theory]
    [InlineData(0.0)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void SpendAtMostAndErrorCosts_NoPositiveNumber_AreRefused(double dollars)
    {
        ((Action)(() => Goal.SpendAtMost(dollars))).Should().Throw<ArgumentOutOfRangeException>();
        ((Action)(() => Goal.ErrorCosts(dollars))).Should().Throw<ArgumentOutOfRangeException>();
    }
}
