using AutoMix.Redis.Tests.Servers;
using AutoMix.Stores;
using Garnet;
using StackExchange.Redis;

namespace AutoMix.Redis.Tests.Stores;

/// <summary>A server that cannot be reached.</summary>
public sealed class AwayTests : IAsyncLifetime
{
    private readonly int _port = GarnetHost.FreePort();
    private readonly WatchedTime _time = new();
    private ConnectionMultiplexer _connection = null!;
    private AutoMixRedis _redis = null!;

    public async Task InitializeAsync()
    {
        ConfigurationOptions configuration = ConfigurationOptions.Parse($"127.0.0.1:{_port},connectTimeout=1000,connectRetry=0,abortConnect=false");
        configuration.BacklogPolicy = BacklogPolicy.FailFast;
        _connection = await ConnectionMultiplexer.ConnectAsync(configuration);
        _redis = new(new() { Timeout = TimeSpan.FromSeconds(60), Block = 0.25m }, _connection, _time);
    }

    private RedisBudgetLedger Ledger => _redis.Ledger([BudgetLimit.PerHour(100m)]);

    private static async Task<bool> IsAwayAsync(Func<ValueTask> operation)
    {
        try
        {
            await operation();
            return false;
        }
        catch (Exception e) when (e is RedisException or TimeoutException)
        {
            return true;
        }
    }

    private static async Task WhenBackAsync(Func<ValueTask> operation)
    {
        while (await IsAwayAsync(operation))
        {
            await Task.Delay(10);
        }
    }

    [Fact]
    public async Task EveryOperation_NoServer_SaysSo()
    {
        (await IsAwayAsync(async () => await _redis.Circuits.ReadAsync())).Should().BeTrue();
        (await IsAwayAsync(async () => await _redis.Counts.ReadAsync("k"))).Should().BeTrue();
        (await IsAwayAsync(async () => await _redis.Plans.ReadAsync("plan"))).Should().BeTrue();
        (await IsAwayAsync(async () => await _redis.Leases.TryAcquireAsync("learner", "a", TimeSpan.FromSeconds(1)))).Should().BeTrue();
        (await IsAwayAsync(async () => await Ledger.TryReserveAsync("", 1m, default))).Should().BeTrue();
    }

    [Fact]
    public async Task TryReserve_TheServerGoesAway_SpendsWhatIsGrantedAndNoMore()
    {
        using (GarnetHost.Start(_port))
        {
            await WhenBackAsync(async () => await Ledger.TryReserveAsync("", 0.5m, default));
        }

        (await Ledger.TryReserveAsync("", 0.2m, default)).Should().NotBeNull("a block of $0.25 is granted beyond");
        (await IsAwayAsync(async () => await Ledger.TryReserveAsync("", 0.06m, default))).Should().BeTrue();
        (await Ledger.TryReserveAsync("", 0.05m, default)).Should().NotBeNull();
        (await IsAwayAsync(async () => await Ledger.TryReserveAsync("", 0.01m, default))).Should().BeTrue();
    }

    [Fact]
    public async Task TryReserve_TheGrantIsOlderThanItsLifetime_SpendsNoMore()
    {
        using (GarnetHost.Start(_port))
        {
            await WhenBackAsync(async () => await Ledger.TryReserveAsync("", 0.5m, default));
        }

        _time.Advance(TimeSpan.FromMinutes(1));

        (await IsAwayAsync(async () => await Ledger.TryReserveAsync("", 0.2m, default))).Should().BeTrue();
    }

    [Fact]
    public async Task Settle_TheServerIsAway_IsReportedWhenItComesBack()
    {
        BudgetReservation? reservation = null;
        using (GarnetHost.Start(_port))
        {
            await WhenBackAsync(async () => reservation = await Ledger.TryReserveAsync("", 0.5m, default));
        }

        await Ledger.SettleAsync(reservation!, 0.75m, default);
        using GarnetServer again = GarnetHost.Start(_port);
        await WhenBackAsync(async () => await Ledger.TryReserveAsync("", 1m, default));

        (await Ledger.ReadAsync("", 0, default)).Settled.Should().Be(0.75m);
    }

    [Fact]
    public async Task Watch_TheServerComesLater_GivesTheVersion()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(120));
        await using IAsyncEnumerator<PlanVersion> watch = _redis.Plans.WatchAsync("plan", patience.Token).GetAsyncEnumerator();
        Task<bool> next = watch.MoveNextAsync().AsTask();
        using GarnetServer server = GarnetHost.Start(_port);
        await WhenBackAsync(async () => await _redis.Plans.PublishAsync("plan", new byte[] { 1 }, 1));

        while (!next.IsCompleted)
        {
            _time.Advance(TimeSpan.FromSeconds(15));
            await Task.Yield();
        }

        (await next).Should().BeTrue();
        watch.Current.Number.Should().Be(1);
    }

    [Fact]
    public async Task Watch_TriedWhileTheServerWasAway_LeavesNoSubscription()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(120));
        IAsyncEnumerator<PlanVersion> watch = _redis.Plans.WatchAsync("plan", patience.Token).GetAsyncEnumerator();
        Task<bool> next = watch.MoveNextAsync().AsTask();
        await TriesAsync(5);
        using GarnetServer server = GarnetHost.Start(_port);
        await VersionAsync(next);
        (await SubscriptionsAsync()).Should().Be(1);
        await watch.DisposeAsync();

        await NoSubscriptionAsync();
    }

    [Fact]
    public async Task Watch_EndedWhileTheServerWasAway_LeavesNoSubscription()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(120));
        using (var end = new CancellationTokenSource())
        {
            await using IAsyncEnumerator<PlanVersion> first = _redis.Plans.WatchAsync("plan", end.Token).GetAsyncEnumerator();
            Task<bool> never = first.MoveNextAsync().AsTask();
            await TriesAsync(5);
            await end.CancelAsync();
            await never.ContinueWith(_ => { }, TaskScheduler.Default);
            (never.IsCompletedSuccessfully && await never).Should().BeFalse("no version came");
        }

        IAsyncEnumerator<PlanVersion> second = _redis.Plans.WatchAsync("plan", patience.Token).GetAsyncEnumerator();
        Task<bool> next = second.MoveNextAsync().AsTask();
        using GarnetServer server = GarnetHost.Start(_port);
        await VersionAsync(next);
        (await SubscriptionsAsync()).Should().Be(1);
        await second.DisposeAsync();

        await NoSubscriptionAsync();
    }

    [Fact]
    public async Task Dispose_SynchronouslyWhileTheServerIsAway_Ends()
    {
        BudgetReservation? reservation = null;
        using (GarnetHost.Start(_port))
        {
            await WhenBackAsync(async () => reservation = await Ledger.TryReserveAsync("", 0.5m, default));
        }

        await Ledger.SettleAsync(reservation!, 0.5m, default);
        Action act = _redis.Dispose;

        act.Should().NotThrow();
    }

    // Each try that fails is followed by a wait.
    private async Task TriesAsync(int count)
    {
        while (_time.Timers < count)
        {
            _time.Advance(TimeSpan.FromSeconds(15));
            await Task.Yield();
        }
    }

    private async Task VersionAsync(Task<bool> next)
    {
        await WhenBackAsync(async () => await _redis.Plans.PublishAsync("plan", new byte[] { 1 }, 1));
        while (!next.IsCompleted)
        {
            _time.Advance(TimeSpan.FromSeconds(15));
            await Task.Yield();
        }

        (await next).Should().BeTrue();
    }

    private async Task<long> SubscriptionsAsync() =>
        await _connection.GetServers()[0].SubscriptionSubscriberCountAsync(RedisChannel.Literal("automix:plan:plan"));

    // The client tells the server in the background: the server is asked so often.
    private async Task NoSubscriptionAsync()
    {
        for (int looks = 0; looks < 3000 && await SubscriptionsAsync() != 0; looks++)
        {
            await Task.Delay(10);
        }

        (await SubscriptionsAsync()).Should().Be(0);
    }

    public async Task DisposeAsync()
    {
        await _redis.DisposeAsync();
        await _connection.DisposeAsync();
    }
}
