using AutoMix.Redis.Tests.Servers;
using AutoMix.Stores;
using Garnet;
using Microsoft.Extensions.Time.Testing;
using StackExchange.Redis;

namespace AutoMix.Redis.Tests.Stores;

/// <summary>A server that cannot be reached.</summary>
public sealed class AwayTests : IAsyncLifetime
{
    private readonly int _port = GarnetHost.FreePort();
    private readonly FakeTimeProvider _time = new();
    private ConnectionMultiplexer _connection = null!;
    private AutoMixRedis _redis = null!;

    public async Task InitializeAsync()
    {
        ConfigurationOptions configuration = ConfigurationOptions.Parse($"127.0.0.1:{_port},connectTimeout=1000,connectRetry=0,abortConnect=false");
        configuration.BacklogPolicy = BacklogPolicy.FailFast;
        _connection = await ConnectionMultiplexer.ConnectAsync(configuration);
        _redis = new(new() { Timeout = TimeSpan.FromSeconds(60), Block = 0.25m }, _connection, _time);
    }

    private RedisBudgetLedger Ledger => _redis.Ledger([new(100m, TimeSpan.FromHours(1))]);

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

    public async Task DisposeAsync()
    {
        await _redis.DisposeAsync();
        await _connection.DisposeAsync();
    }
}
