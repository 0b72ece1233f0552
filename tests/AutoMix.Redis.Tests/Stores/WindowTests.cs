using AutoMix.Redis.Tests.Servers;
using StackExchange.Redis;

namespace AutoMix.Redis.Tests.Stores;

/// <summary>What counts under which window, and for how long it is kept.</summary>
[Collection(SharedServerTests.Name)]
public sealed class WindowTests(SharedServer server)
{
    private static readonly BudgetLimit Hourly = BudgetLimit.PerHour(1m);
    private static readonly BudgetLimit Daily = BudgetLimit.PerDay(1m);
    private readonly Application _application = new(server);

    private IDatabase Database => server.Connection.GetDatabase();

    private RedisKey Key => $"{_application.Prefix}:budget:tenant";

    private RedisBudgetLedger Process(params BudgetLimit[] limits) => _application.Connect().Ledger(limits);

    private static async Task SpendAsync(RedisBudgetLedger ledger, decimal dollars) =>
        await ledger.SettleAsync((await ledger.TryReserveAsync("tenant", dollars, default))!, dollars, default);

    private async Task SpendAndEndAsync(decimal dollars, params BudgetLimit[] limits)
    {
        RedisBudgetLedger ledger = Process(limits);
        await SpendAsync(ledger, dollars);
        await ledger.DisposeAsync();
    }

    [Fact]
    public async Task Settle_TwoLimitsOfOneWindow_CountsOnce()
    {
        BudgetLimit[] limits = [Hourly, BudgetLimit.PerHour(2m), Daily];
        await SpendAndEndAsync(0.3m, limits);

        for (int i = 0; i < limits.Length; i++)
        {
            (await Process(limits).ReadAsync("tenant", i, default)).Should().Be((0.3m, 0m));
        }
    }

    [Fact]
    public async Task TryReserve_TwoLimitsOfOneWindow_HoldsTheSmaller()
    {
        RedisBudgetLedger ledger = Process(BudgetLimit.PerHour(2m), Hourly);
        await SpendAsync(ledger, 0.4m);

        (await ledger.TryReserveAsync("tenant", 0.6m, default)).Should().NotBeNull();
        (await ledger.TryReserveAsync("tenant", 0.01m, default)).Should().BeNull();
    }

    [Fact]
    public async Task Expiry_AProcessOfAShorterWindow_DoesNotShortenIt()
    {
        await SpendAndEndAsync(0.3m, Daily);
        await SpendAndEndAsync(0.1m, new BudgetLimit { Dollars = 1m, Window = TimeSpan.FromMinutes(1) });

        (await Database.KeyTimeToLiveAsync(Key)).Should().BeGreaterThan(TimeSpan.FromDays(2));
    }

    [Fact]
    public async Task Expiry_AProcessOfAShorterLifetime_DoesNotShortenIt()
    {
        var patient = new Application(server, o => (o.KeyPrefix, o.GrantLifetime) = (_application.Prefix, TimeSpan.FromDays(20)));
        await SpendAsync(patient.Connect().Ledger([Hourly]), 0.3m);
        await SpendAndEndAsync(0.1m, Hourly);

        (await Database.KeyTimeToLiveAsync(Key)).Should().BeGreaterThan(TimeSpan.FromDays(19));
    }

    [Fact]
    public async Task TryReserve_AProcessOfAnotherWindowHasWrittenTheGrantOff_CountsAsSpentUnderItsOwn()
    {
        await Process(Daily).TryReserveAsync("tenant", 0.6m, default);
        await _application.Pass(TimeSpan.FromMinutes(2));
        await Process(Hourly).TryReserveAsync("tenant", 0.1m, default);

        (await Process(Daily).ReadAsync("tenant", 0, default)).Settled.Should().BeGreaterThanOrEqualTo(0.6m);
        (await Process(Daily).TryReserveAsync("tenant", 0.5m, default)).Should().BeNull();
    }

    [Fact]
    public async Task TryReserve_AProcessOfAnotherWindowHasWrittenTheGrantOff_GivesBackNoMoreThanThat()
    {
        await SpendAndEndAsync(0.3m, Daily);
        RedisBudgetLedger paused = Process(Daily);
        BudgetReservation? running = await paused.TryReserveAsync("tenant", 0.5m, default);
        await _application.Pass(TimeSpan.FromMinutes(2));
        await Process(Hourly).TryReserveAsync("tenant", 0.01m, default);
        await paused.SettleAsync(running!, 0.4m, default);
        await paused.DisposeAsync();

        (await Process(Daily).ReadAsync("tenant", 0, default)).Settled.Should().Be(0.7m);
    }

    [Fact]
    public async Task TryReserve_AfterAPauseInWhichOthersWereGrantedAll_IsRefused()
    {
        var limit = new BudgetLimit { Dollars = 1m, Window = TimeSpan.FromMinutes(1) };
        var time = new WatchedTime(isPaused: true);
        RedisBudgetLedger paused = _application.Connect(time).Ledger([limit]);
        await paused.SettleAsync((await paused.TryReserveAsync("tenant", 0.6m, default))!, 0, default);

        // The grant is written off, and leaves the window.
        await _application.Pass(TimeSpan.FromSeconds(150));
        (await Process(limit).TryReserveAsync("tenant", 1m, default)).Should().NotBeNull();
        time.Advance(TimeSpan.FromSeconds(150));

        (await paused.TryReserveAsync("tenant", 0.6m, default)).Should().BeNull();
        (await Process(limit).ReadAsync("tenant", 0, default)).Should().Be((0m, 1m));
    }

    [Theory, InlineData(2), InlineData(2 * 24 * 60)]
    public async Task TryReserve_TheClockIsBehindAfterAFailover_CountsWhatWasSpent(int minutes)
    {
        await SpendAndEndAsync(1m, Hourly);
        await _application.Pass(-TimeSpan.FromMinutes(minutes));
        (await Process(Hourly).TryReserveAsync("tenant", 0.01m, default)).Should().BeNull();

        await _application.Pass(TimeSpan.FromMinutes(62));
        (await Process(Hourly).TryReserveAsync("tenant", 1m, default)).Should().NotBeNull("it leaves the window a window after the failover");
    }

    [Fact]
    public async Task Upkeep_UsedNowAndThen_LeavesNoRecordsBehind()
    {
        RedisBudgetLedger ledger = Process(Daily);
        for (int use = 0; use < 5; use++)
        {
            await SpendAsync(ledger, 0.01m);
            await IdleAsync(ledger);
            await _application.Pass(TimeSpan.FromMinutes(2));
        }

        await SpendAsync(ledger, 0.01m);
        (await Database.HashKeysAsync(Key)).Count(field => field.StartsWith("h:")).Should().Be(1);
        (await ledger.ReadAsync("tenant", 0, default)).Settled.Should().BeGreaterThanOrEqualTo(0.05m);
    }

    [Fact]
    public async Task Settle_NothingWasReservedForLong_IsReported()
    {
        RedisBudgetLedger ledger = Process(Daily);
        BudgetReservation? running = await ledger.TryReserveAsync("tenant", 0, default);
        await IdleAsync(ledger);
        await ledger.SettleAsync(running!, 0.3m, default);

        (await ledger.ReadAsync("tenant", 0, default)).Settled.Should().Be(0.3m);
    }

    // Long enough for the grant to be given back, and for the budget to be forgotten where nothing is left to know.
    private async Task IdleAsync(RedisBudgetLedger ledger)
    {
        for (int i = 0; i < 8; i++)
        {
            _application.Time.Advance(TimeSpan.FromSeconds(20));
            await ledger.ReadAsync("tenant", 0, default);
        }
    }
}
