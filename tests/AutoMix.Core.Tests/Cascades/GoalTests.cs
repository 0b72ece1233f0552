using System.Globalization;

namespace AutoMix.Core.Tests.Cascades;

public sealed class GoalTests
{
    [Fact]
    public void Equals_SameKindAndNumber_IsTrue()
    {
        Goal.KeepQuality(0.9).Should().Be(Goal.KeepQuality(0.9));
        Goal.KeepQuality(0.9).Should().NotBe(Goal.KeepQuality(0.8));
        Goal.SpendAtMost(1).Should().NotBe(Goal.ErrorCosts(1));
    }

    [Fact]
    public void ToString_UnderACultureWithDecimalCommas_SaysKindAndNumberWithAPoint()
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = new(string.Empty) { NumberFormat = { NumberDecimalSeparator = "," } };
            Goal.KeepQuality(0.99).ToString().Should().Be("KeepQuality(0.99)");
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }
}
