using Microsoft.Extensions.AI;
using Microsoft.Extensions.Time.Testing;
using static AutoMix.Tests.ScriptedClient;

namespace AutoMix.Tests.Routing;

public class RoutingRecordTests
{
    private static async Task<RoutingRecord> RunAsync(bool vote) =>
        (await Mix.Of(Mix.Model("small", vote), Answering("large"), mix => mix.UseTimeProvider(new FakeTimeProvider())).AskAsync(Mode.Whole, "?")).Record();

    [Fact]
    public async Task Equals_TwoRequestsThatWentTheSameWay_IsTrueAndTheHashesToo()
    {
        RoutingRecord one = await RunAsync(vote: true);
        RoutingRecord two = await RunAsync(vote: true);

        two.Should().NotBeSameAs(one);
        two.Should().Be(one);
        two.GetHashCode().Should().Be(one.GetHashCode());
        two.Attempts[0].Should().Be(one.Attempts[0]);
        two.Attempts[0].GetHashCode().Should().Be(one.Attempts[0].GetHashCode());
    }

    [Fact]
    public async Task Equals_AnythingElseInIt_IsFalse()
    {
        RoutingRecord one = await RunAsync(vote: true);

        one.Should().NotBe(await RunAsync(vote: false)).And.NotBe(null);
        one.Should().NotBe(one with { Reason = "another" });
        one.Should().NotBe(one with { Attempts = [one.Attempts[0] with { Verdicts = [one.Attempts[0].Verdicts[0] with { Confidence = 0.5 }] }] });
        one.Should().NotBe(one with { Decisions = [.. one.Decisions.Reverse()] });
    }
}
