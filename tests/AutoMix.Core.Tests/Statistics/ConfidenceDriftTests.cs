using AutoMix.Statistics;

namespace AutoMix.Core.Tests.Statistics;

public sealed class ConfidenceDriftTests
{
    [Fact]
    public void KolmogorovSmirnov_Unknown_IsLeftOut()
    {
        TwoSampleTest.KolmogorovSmirnov([double.NaN, 0.1, 0.2], [0.1, double.NaN, 0.2, double.NaN]).Should().Be(TwoSampleTest.KolmogorovSmirnov([0.1, 0.2], [0.1, 0.2]));
        ((Action)(() => TwoSampleTest.KolmogorovSmirnov([double.NaN], [0.1]))).Should().Throw<ArgumentException>();
    }

    [Fact]
    public void KolmogorovSmirnov_KnownGap_IsTheStatistic()
    {
        TwoSampleTest test = TwoSampleTest.KolmogorovSmirnov([1, 2, 3, 4], [3, 4, 5, 6]);

        test.Statistic.Should().Be(0.5);
        test.PValue.Should().BeInRange(0.3, 0.8);
    }

    [Fact]
    public void KolmogorovSmirnov_SameDistribution_RejectsAboutAsOftenAsItSays()
    {
        var random = new Random(3);
        int rejected = 0;
        for (int i = 0; i < 500; i++)
        {
            double[] a = [.. Enumerable.Range(0, 100).Select(_ => random.NextDouble())];
            double[] b = [.. Enumerable.Range(0, 100).Select(_ => random.NextDouble())];
            rejected += TwoSampleTest.KolmogorovSmirnov(a, b).PValue < 0.05 ? 1 : 0;
        }

        rejected.Should().BeInRange(8, 45);
    }

    [Fact]
    public void Observe_StreamThatStays_RaisesNothing()
    {
        var random = new Random(7);
        var drift = new ConfidenceDrift("p-true/small", 100);
        int alarms = 0;
        drift.Detected += (_, _) => alarms++;
        for (int i = 0; i < 3000; i++)
        {
            drift.Observe(random.NextDouble());
        }

        alarms.Should().Be(0);
        drift.LastTest.Should().NotBeNull();
    }

    [Fact]
    public void Observe_StreamThatMoves_RaisesTheEventOnceAndTakesTheNewLevelAsReference()
    {
        var random = new Random(7);
        var drift = new ConfidenceDrift("p-true/small", 100);
        var alarms = new List<ConfidenceDriftEventArgs>();
        drift.Detected += (_, e) => alarms.Add(e);
        for (int i = 0; i < 1000; i++)
        {
            drift.Observe(i < 500 ? random.NextDouble() : Math.Sqrt(random.NextDouble()));
        }

        alarms.Should().ContainSingle();
        alarms[0].Signal.Should().Be("p-true/small");
        alarms[0].MeanNow.Should().BeGreaterThan(alarms[0].MeanBefore);
    }

    [Fact]
    public void Observe_ReferenceFromTraining_ComparesTheFirstWindow()
    {
        var drift = new ConfidenceDrift("votes/small", 20, reference: Enumerable.Range(0, 50).Select(i => i / 50.0));

        bool found = false;
        for (int i = 0; i < 20; i++)
        {
            found = drift.Observe(1);
        }

        found.Should().BeTrue();
    }

    [Fact]
    public void Observe_Unknown_IsLeftOut()
    {
        var drift = new ConfidenceDrift("votes/small", 20, reference: [0.5]);
        for (int i = 0; i < 100; i++)
        {
            drift.Observe(double.NaN).Should().BeFalse();
        }

        drift.LastTest.Should().BeNull();
    }
}
