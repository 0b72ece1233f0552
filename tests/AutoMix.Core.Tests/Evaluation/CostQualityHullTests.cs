using AutoMix.Evaluation;

namespace AutoMix.Core.Tests.Evaluation;

public sealed class CostQualityHullTests
{
    private static readonly CostQualityHull Hull = new([new(0.5, 1), new(0.55, 4), new(0.9, 5), new(0.8, 6), new(0.95, 10)]);

    [Fact]
    public void Vertices_LeaveOutWhatACoinBeats() => Hull.Vertices.Should().Equal(0, 2, 4);

    [Theory]
    [InlineData(0, 0.5)]
    [InlineData(3, 0.7)]
    [InlineData(5, 0.9)]
    [InlineData(20, 0.95)]
    public void AccuracyAt_IsLinearBetweenVertices(double cost, double accuracy) => Hull.AccuracyAt(cost).Should().BeApproximately(accuracy, 1e-12);

    [Fact]
    public void CostToReach_InterpolatesAndSaysWhereNothingReaches()
    {
        Hull.CostToReach(0.7).Should().BeApproximately(3, 1e-12);
        Hull.CostToReach(0.2).Should().Be(1);
        Hull.CostToReach(0.96).Should().BeNull();
    }

    [Fact]
    public void MeanAccuracy_IsTheExactAreaOverTheWidth() =>
        Hull.MeanAccuracy(1, 10).Should().BeApproximately(((4 * 0.7) + (5 * 0.925)) / 9, 1e-12);

    [Fact]
    public void Lift_OnTheLineIsZero_AboveItIsRelativeToTheSlope()
    {
        var small = new CostQuality(0.5, 1);
        var large = new CostQuality(0.9, 5);
        IncrementalBenefit.Lift(new(0.7, 3), small, large).Should().BeApproximately(0, 1e-12);
        IncrementalBenefit.Lift(new(0.8, 3), small, large).Should().BeApproximately(0.5, 1e-12);
        IncrementalBenefit.PerCost(new(0.8, 1), small).Should().Be(double.NaN);
    }
}
