using AutoMix.Evaluation;

namespace AutoMix.Core.Tests.Evaluation;

public sealed class PerformanceGapTests
{
    private static readonly CostQuality Weak = new(0.6, 1);
    private static readonly CostQuality Strong = new(0.8, 11);
    private static readonly CostQualityLine Coin = new([Weak, Strong]);

    // Half of the gap for a fifth of the extra cost.
    private static readonly CostQualityLine Router = new([Weak, new(0.7, 3), Strong]);

    [Fact]
    public void Recovered_IsZeroAtTheWeakAndOneAtTheStrongModel()
    {
        PerformanceGap.Recovered(0.6, Weak, Strong).Should().Be(0);
        PerformanceGap.Recovered(0.75, Weak, Strong).Should().BeApproximately(0.75, 1e-12);
        PerformanceGap.Recovered(0.7, Weak, new(Weak.Accuracy, 5)).Should().Be(double.NaN);
    }

    [Fact]
    public void Average_OfACoinIsAHalf_AndOfARouterTheAreaUnderIt()
    {
        PerformanceGap.Average(Coin, Weak, Strong).Should().BeApproximately(0.5, 1e-12);
        PerformanceGap.Average(Router, Weak, Strong).Should().BeApproximately((0.2 * 0.25) + (0.8 * 0.75), 1e-12);
    }

    [Fact]
    public void CallThreshold_OfACoinIsTheShare_AndOfARouterTheFirstCrossing()
    {
        PerformanceGap.CallThreshold(Coin, 0.8, Weak, Strong).Should().BeApproximately(0.8, 1e-12);
        PerformanceGap.CallThreshold(Router, 0.5, Weak, Strong).Should().BeApproximately(0.2, 1e-12);
        PerformanceGap.CallThreshold(new([Weak, new(0.7, 3)]), 0.8, Weak, Strong).Should().BeNull();
    }
}
