using AutoMix.Redis.Tests.Servers;
using AutoMix.Stores;
using AutoMix.Tests.Stores;

namespace AutoMix.Redis.Tests.Stores;

[Collection(SharedServerTests.Name)]
public sealed class RedisCircuitStoreTests(SharedServer server) : CircuitStoreContract
{
    private readonly Application _application = new(server);

    protected override TimeSpan Unit => TimeSpan.FromMinutes(1);

    protected override ICircuitStore Connect() => _application.Connect().Circuits;

    protected override Task PassAsync(TimeSpan time) => _application.Pass(time);
}

[Collection(SharedServerTests.Name)]
public sealed class RedisCountStoreTests(SharedServer server) : CountStoreContract
{
    private readonly Application _application = new(server);

    protected override ICountStore Connect() => _application.Connect().Counts;

    [Fact]
    public async Task Add_TheSameDeltaTwoHoursLater_IsNotKnownAnyMore()
    {
        ICountStore store = Connect();
        CountDelta delta = CountDelta.Of(new Dictionary<string, double> { ["a"] = 1 });
        await store.AddAsync("k", delta);
        await _application.Pass(TimeSpan.FromMinutes(59));
        (await store.AddAsync("k", delta)).Should().BeFalse();
        await _application.Pass(TimeSpan.FromHours(1));

        (await store.AddAsync("k", delta)).Should().BeTrue("ids are not kept for ever");
    }
}

[Collection(SharedServerTests.Name)]
public sealed class RedisPlanStoreTests(SharedServer server) : PlanStoreContract
{
    private readonly Application _application = new(server);

    protected override IPlanStore Connect() => _application.Connect().Plans;

    [Fact]
    public async Task Publish_AfterALaterLeaseWasGranted_IsRefusedBeforeTheNewHolderPublishes()
    {
        AutoMixRedis paused = _application.Connect(), next = _application.Connect();
        LearnerLease? old = await paused.Leases.TryAcquireAsync("plan", "paused", TimeSpan.FromMinutes(1));
        await _application.Pass(TimeSpan.FromMinutes(2));
        LearnerLease? current = await next.Leases.TryAcquireAsync("plan", "next", TimeSpan.FromMinutes(1));

        (await paused.Plans.PublishAsync("plan", new byte[] { 1 }, old!.FencingToken)).Should().BeNull();
        (await next.Plans.PublishAsync("plan", new byte[] { 2 }, current!.FencingToken))!.Number.Should().Be(1);
    }

    [Fact]
    public async Task Watch_TheMessageIsLost_LooksByItself()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await Connect().PublishAsync("plan", new byte[] { 1 }, 1);
        await using IAsyncEnumerator<PlanVersion> watch = Connect().WatchAsync("plan", patience.Token).GetAsyncEnumerator();
        await watch.MoveNextAsync();
        Task<bool> next = watch.MoveNextAsync().AsTask();

        // As a publication whose message nobody got.
        await server.Connection.GetDatabase().HashSetAsync($"{_application.Prefix}:{{learner:plan}}:plan", "number", 2);
        while (!next.IsCompleted)
        {
            _application.Time.Advance(TimeSpan.FromSeconds(15));
            await Task.Yield();
        }

        (await next).Should().BeTrue();
        watch.Current.Number.Should().Be(2);
    }

    [Fact]
    public async Task Watch_TheServerLostVersions_FollowsTheNextLeader()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await Connect().PublishAsync("plan", new byte[] { 1 }, 1);
        await Connect().PublishAsync("plan", new byte[] { 2 }, 1);
        await using IAsyncEnumerator<PlanVersion> watch = Connect().WatchAsync("plan", patience.Token).GetAsyncEnumerator();
        await watch.MoveNextAsync();
        await server.Connection.GetDatabase().KeyDeleteAsync($"{_application.Prefix}:{{learner:plan}}:plan");
        Task<bool> next = watch.MoveNextAsync().AsTask();
        await Connect().PublishAsync("plan", new byte[] { 3 }, 2);

        (await next).Should().BeTrue();
        watch.Current.Content.ToArray().Should().Equal(3);
    }
}

[Collection(SharedServerTests.Name)]
public sealed class RedisLeaseStoreTests(SharedServer server) : LeaseStoreContract
{
    private readonly Application _application = new(server);

    protected override TimeSpan Unit => TimeSpan.FromMinutes(1);

    protected override ILeaseStore Connect() => _application.Connect().Leases;

    protected override Task PassAsync(TimeSpan time) => _application.Pass(time);

    [Fact]
    public async Task TryAcquire_TheServerLostTheLease_HasALargerToken()
    {
        LearnerLease? lost = await Connect().TryAcquireAsync("learner", "a", Unit);
        await server.Connection.GetDatabase().KeyDeleteAsync($"{_application.Prefix}:{{learner:learner}}:lease");
        await _application.Pass(TimeSpan.FromMilliseconds(1));

        (await Connect().TryAcquireAsync("learner", "b", Unit))!.FencingToken.Should().BeGreaterThan(lost!.FencingToken);
    }
}

/// <summary>Many processes, each of which asks the server for every reservation.</summary>
[Collection(SharedServerTests.Name)]
public sealed class RedisBudgetLedgerTests(SharedServer server) : BudgetLedgerContract
{
    private readonly Application _application = new(server, o => o.Block = 0);

    protected override TimeSpan Unit => TimeSpan.FromMinutes(2);

    protected override IBudgetLedger Connect(int units = 100) => _application.Connect().Ledger([new() { Dollars = 1m, Window = units * Unit }]);

    protected override Task PassAsync(TimeSpan time) => _application.Pass(time);
}

/// <summary>One process that is granted blocks.</summary>
[Collection(SharedServerTests.Name)]
public sealed class RedisBudgetLedgerInBlocksTests(SharedServer server) : BudgetLedgerContract
{
    private readonly Application _application = new(server);
    private AutoMixRedis? _process;

    protected override TimeSpan Unit => TimeSpan.FromMinutes(2);

    protected override IBudgetLedger Connect(int units = 100) =>
        LazyInitializer.EnsureInitialized(ref _process, _application.Connect).Ledger([new() { Dollars = 1m, Window = units * Unit }]);

    protected override Task PassAsync(TimeSpan time) => _application.Pass(time);
}
