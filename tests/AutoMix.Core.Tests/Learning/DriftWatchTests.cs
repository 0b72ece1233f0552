using AutoMix.Learning;

namespace AutoMix.Core.Tests.Learning;

public class DriftWatchTests
{
    private readonly List<DriftEventArgs> _seen = [];
    private readonly DriftWatch _watch = new(["small", "large"]);

    public DriftWatchTests() => _watch.Detected += (_, drift) => _seen.Add(drift);

    private static IEnumerable<double> Noisy(int count, double mean, int seed)
    {
        var random = new Random(seed);
        return Enumerable.Range(0, count).Select(_ => mean * (0.95 + (0.1 * random.NextDouble())));
    }

    [Fact]
    public void Price_Doubles_IsReportedWithinTwoWindows()
    {
        Noisy(200, 1e-6, 1).Any(price => _watch.Price(1, price)).Should().BeFalse();
        Noisy(80, 2e-6, 2).Any(price => _watch.Price(1, price)).Should().BeTrue();

        _seen.Should().ContainSingle().Which.Should().BeEquivalentTo(new { Kind = DriftKind.Price, Model = "large" });
        (_seen[0].Now / _seen[0].Before).Should().BeApproximately(2, 0.1);
    }

    [Fact]
    public void Price_MovesByATenth_IsNotReported()
    {
        foreach (double price in Noisy(200, 1e-6, 1).Concat(Noisy(200, 1.1e-6, 2)))
        {
            _watch.Price(0, price).Should().BeFalse();
        }
    }

    [Fact]
    public void Confidence_LooksDifferent_IsReportedOfThatModelOnly()
    {
        foreach (double confidence in Noisy(400, 0.8, 3).Concat(Noisy(200, 0.5, 4)))
        {
            _watch.Confidence(0, confidence);
            _watch.Confidence(1, 0.5);
        }

        _seen.Should().ContainSingle().Which.Should().BeEquivalentTo(new { Kind = DriftKind.Verifier, Model = "small" });
    }

    [Fact]
    public void Label_TheModelIsWorse_IsReported()
    {
        Enumerable.Repeat(0.0, 20).Any(quality => _watch.Label(0, quality, 0.8) > 0).Should().BeTrue();

        _seen[0].Kind.Should().Be(DriftKind.Model);
    }
}
