using Microsoft.Extensions.Time.Testing;

namespace AutoMix.Tool.Collect;

public sealed class CollectProgressTests
{
    [Fact]
    public void ToString_AtThisRate_SaysHowLongTheRestTakesAndWhatItHasCost()
    {
        var time = new FakeTimeProvider();
        var progress = new CollectProgress(100, spentBefore: 1.5m, time);
        for (int i = 0; i < 40; i++)
        {
            progress.Finished(asked: false);
        }

        progress.ToString().Should().Be("40 of 100 answers, $1.5");
        time.Advance(TimeSpan.FromSeconds(10));
        for (int i = 0; i < 20; i++)
        {
            progress.Called(0.01m);
            progress.Finished(asked: true);
        }

        progress.ToString().Should().Be("60 of 100 answers, $1.7, about 0:20 left");
    }
}
