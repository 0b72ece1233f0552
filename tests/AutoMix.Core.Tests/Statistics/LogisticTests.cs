namespace AutoMix.Statistics;

public sealed class LogisticTests
{
    [Fact]
    public void Fit_NoRows_GivesTheMeansOfThePenalties() =>
        Logistic.Fit([], [], [], [0, 0.5], [1, 1]).Should().Equal(0, 0.5);
}
