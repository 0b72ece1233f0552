using AutoMix.Stores;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Time.Testing;
using static AutoMix.Tests.ScriptedClient;

namespace AutoMix.Tests.Stores;

/// <summary>Two pipelines stand for two processes.</summary>
public sealed class SharedCircuitTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task OneProcessFindsAModelFailing_TheOtherLeavesItAloneToo()
    {
        var store = new InMemoryCircuitStore(_time);
        var broken = new ScriptedClient(_ => throw new HttpRequestException("503"));
        var unharmed = Mix.Model("small");
        IChatClient one = Pipeline(broken, store), other = Pipeline(unharmed, store);

        await one.GetResponseAsync("?");
        await one.GetResponseAsync("?");
        _time.Advance(TimeSpan.FromSeconds(1));
        await other.GetResponseAsync("the first request after a second reads what others know");
        ChatResponse next = await other.GetResponseAsync("?");

        next.Text.Should().Be("large");
        next.Record().Skipped.Should().ContainSingle(skipped => skipped.Model == "small");

        _time.Advance(TimeSpan.FromSeconds(30));
        await other.GetResponseAsync("?");
        (await other.GetResponseAsync("?")).Text.Should().Be("small");
    }

    [Fact]
    public async Task TheModelAnswersAgain_TheOthersAreToldBeforeTheTimeIsOver()
    {
        var store = new InMemoryCircuitStore(_time);
        await store.OpenAsync("small", TimeSpan.FromHours(1));
        IChatClient client = Pipeline(Mix.Model("small"), store);
        await client.GetResponseAsync("?");
        (await client.GetResponseAsync("?")).Text.Should().Be("large");

        await store.CloseAsync("small");
        _time.Advance(TimeSpan.FromSeconds(1));
        await client.GetResponseAsync("?");

        (await client.GetResponseAsync("?")).Text.Should().Be("small");
    }

    [Fact]
    public async Task TheStoreFails_EachProcessGoesOnWithItsOwnCircuits()
    {
        IChatClient client = Pipeline(new ScriptedClient(_ => throw new HttpRequestException("503")), new FailingStore());

        await client.GetResponseAsync("?");
        await client.GetResponseAsync("?");
        ChatResponse third = await client.GetResponseAsync("?");

        third.Text.Should().Be("large");
        third.Record().Skipped.Should().ContainSingle(skipped => skipped.Model == "small");
    }

    private IChatClient Pipeline(IChatClient small, ICircuitStore store) => Mix.Of(small, Mix.Model("large"), mix => mix
        .WithoutVerification()
        .UseTimeProvider(_time)
        .Share(circuits: store)
        .Configure(options => options.Circuit = new CircuitOptions { MinimumThroughput = 2, FailureRatio = 0.5, BreakDuration = TimeSpan.FromSeconds(20) }));

    private sealed class FailingStore : ICircuitStore
    {
        public ValueTask OpenAsync(string model, TimeSpan duration, CancellationToken cancellationToken = default) => throw new IOException("the store is down");

        public ValueTask CloseAsync(string model, CancellationToken cancellationToken = default) => throw new IOException("the store is down");

        public ValueTask<IReadOnlyDictionary<string, TimeSpan>> ReadAsync(CancellationToken cancellationToken = default) => throw new IOException("the store is down");
    }
}
