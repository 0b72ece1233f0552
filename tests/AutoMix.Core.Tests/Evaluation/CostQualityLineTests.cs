using AutoMix.Evaluation;

namespace AutoMix.Core.Tests.Evaluation;

public sealed class CostQualityLineTests
{
    // Dearer, but worse than its neighbour: a hull would leave it out, a line does not.
    private static readonly CostQualityLine Line = new([new(0.9, 5), new(0.5, 1), new(0.8, 7), new(0.95, 10)]);

    [Theory]
    [InlineData(0, 0.5)]
    [InlineData(3, 0.7)]
    [InlineData(6, 0.85)]
    [InlineData(20, 0.95)]
    public void AccuracyAt_FollowsThePointsAsTheyAre(double cost, double accuracy) => Line.AccuracyAt(cost).Should().BeApproximately(accuracy, 1e-12);

    [Fact]
    public void CostToReach_TakesTheFirstCrossing()
    {
        Line.CostToReach(0.85).Should().BeApproximately(4.5, 1e-12);
        Line.CostToReach(0.92).Should().BeApproximately(7 + (3 * 0.12 / 0.15), 1e-12);
        Line.CostToReach(0.96).Should().BeNull();
    }

    [Fact]
    public void MeanAccuracy_IsTheExactAreaOverTheWidth() =>
        Line.MeanAccuracy(3, 12).Should().BeApproximately(((2 * 0.8) + (2 * 0.85) + (3 * 0.875) + (2 * 0.95)) / 9, 1e-12);

    [Fact]
    public void On_OtherData_TakesTheVerticesThatTheHullChose()
    {
        var hull = new CostQualityHull([new(0.5, 1), new(0.6, 4), new(0.9, 5)]);

        CostQualityLine line = hull.On([new(0.5, 1), new(0.95, 2), new(0.7, 5)]);

        line.Points.Should().Equal(new CostQuality(0.5, 1), new CostQuality(0.7, 5));
        hull.Invoking(h => h.On([new(0.5, 1)])).Should().Throw<ArgumentException>().WithMessage("*3 points*");
    }

    [Fact]
    public void Constructor_WithoutPoints_SaysSo() => FluentActions.Invoking(() => new CostQualityLine([])).Should().Throw<ArgumentException>();
}
