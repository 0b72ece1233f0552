using AutoMix.Learning;

namespace AutoMix.Core.Tests.Learning;

public class QualityDriftTests
{
    private static IEnumerable<(double Quality, double Believed)> Stream(int labels, double loss, int seed)
    {
        var random = new Random(seed);
        for (int i = 0; i < labels; i++)
        {
            double believed = 0.4 + (0.5 * random.NextDouble());
            yield return (random.NextDouble() < believed - loss ? 1 : 0, believed);
        }
    }

    [Fact]
    public void Observe_TheBeliefIsRight_ReportsNothing()
    {
        var drift = new QualityDrift();

        Stream(2000, 0, seed: 1).Should().AllSatisfy(label => drift.Observe(label.Quality, label.Believed).Should().Be(0));
    }

    [Theory, InlineData(0.2, 200), InlineData(-0.15, 400), InlineData(0.4, 80)]
    public void Observe_TheModelIsWorseOrBetter_ReportsIt(double loss, int within)
    {
        var drift = new QualityDrift();

        Stream(within, loss, seed: 2).Select(label => drift.Observe(label.Quality, label.Believed)).Should().Contain(since => since > 0);
    }

    [Fact]
    public void Observe_AChangeAfterManyLabels_SaysWhereItBegan()
    {
        var drift = new QualityDrift();
        foreach ((double quality, double believed) in Stream(1000, 0, seed: 3))
        {
            drift.Observe(quality, believed);
        }

        int labels = 0;
        int since = 0;
        foreach ((double quality, double believed) in Stream(500, 0.3, seed: 4))
        {
            labels++;
            since = drift.Observe(quality, believed);
            if (since > 0)
            {
                break;
            }
        }

        since.Should().BeCloseTo(labels, 15);
    }

    [Fact]
    public void Observe_WhichRequestsAreLabelledChanges_ReportsNothing()
    {
        // First easy ones, then hard ones, always as good as believed.
        var drift = new QualityDrift();
        var random = new Random(5);
        for (int i = 0; i < 1000; i++)
        {
            double believed = i < 500 ? 0.9 : 0.3;
            drift.Observe(random.NextDouble() < believed ? 1 : 0, believed).Should().Be(0);
        }
    }

    [Fact]
    public void Reset_ForgetsWhatHasGathered()
    {
        var drift = new QualityDrift(allowance: 0, threshold: 3);
        drift.Observe(0, 0.8);
        drift.Reset();

        drift.Observe(0, 0.8).Should().Be(0);
        drift.Observe(0, 0.8).Should().BePositive();
    }
}
