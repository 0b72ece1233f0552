using AutoMix.Redis.Tests.Servers;
using StackExchange.Redis;

namespace AutoMix.Redis.Tests.Stores;

/// <summary>What is granted to processes, and what becomes of it.</summary>
[Collection(SharedServerTests.Name)]
public sealed class GrantTests(SharedServer server)
{
    private static readonly BudgetLimit[] Limits = [BudgetLimit.PerHour(1m)];
    private readonly Application _application = new(server);

    private RedisKey Key => $"{_application.Prefix}:budget:tenant";

    private RedisBudgetLedger Process() => _application.Connect().Ledger(Limits);

    private static async Task<BudgetReservation> ReserveAsync(RedisBudgetLedger ledger, decimal dollars) =>
        (await ledger.TryReserveAsync("tenant", dollars, default))!;

    private async Task<(decimal Settled, decimal Granted)> StandAsync() => await Process().ReadAsync("tenant", 0, default);

    [Fact]
    public async Task TryReserve_TheBlockHoldsIt_MakesNoRoundTrip()
    {
        RedisBudgetLedger ledger = Process();
        await ReserveAsync(ledger, 0.01m);

        for (int i = 0; i < 2; i++)
        {
            ledger.TryReserveAsync("tenant", 0.01m, default).IsCompletedSuccessfully.Should().BeTrue();
        }
    }

    [Fact]
    public async Task Settle_WithinTheReservation_MakesNoRoundTrip()
    {
        RedisBudgetLedger ledger = Process();
        BudgetReservation reservation = await ReserveAsync(ledger, 0.01m);

        ledger.SettleAsync(reservation, 0.01m, default).IsCompletedSuccessfully.Should().BeTrue();
    }

    [Fact]
    public async Task TryReserve_LittleIsLeft_GrantsSmallerBlocks()
    {
        await ReserveAsync(Process(), 0.9m);

        (await StandAsync()).Granted.Should().Be(0.9m + (0.1m / 16));
    }

    [Fact]
    public async Task Dispose_Settled_LeavesExactlyWhatWasSpent()
    {
        RedisBudgetLedger ledger = Process();
        await ledger.SettleAsync(await ReserveAsync(ledger, 0.3m), 0.123456789m, default);
        await ledger.DisposeAsync();

        (await StandAsync()).Should().Be((0.123456789m, 0m));
    }

    [Fact]
    public async Task Dispose_SynchronouslyInAContextThatIsBlocked_LeavesExactlyWhatWasSpent()
    {
        AutoMixRedis process = _application.Connect();
        RedisBudgetLedger ledger = process.Ledger(Limits);
        await ledger.SettleAsync(await ReserveAsync(ledger, 0.3m), 0.123456789m, default);
        InABlockedContext(process.Dispose);

        (await StandAsync()).Should().Be((0.123456789m, 0m));
    }

    [Fact]
    public async Task Dispose_OneLedgerSynchronously_LeavesTheOthers()
    {
        AutoMixRedis process = _application.Connect();
        RedisBudgetLedger ledger = process.Ledger(Limits);
        await ledger.SettleAsync(await ReserveAsync(ledger, 0.3m), 0.1m, default);
        InABlockedContext(ledger.Dispose);

        (await process.Ledger([BudgetLimit.PerHour(2m)]).ReadAsync("tenant", 0, default)).Should().Be((0.1m, 0m));
    }

    [Fact]
    public async Task Dispose_SynchronouslyWithAConnectionOfItsOwn_ClosesIt()
    {
        var process = new AutoMixRedis(new() { Configuration = server.Connection.Configuration, KeyPrefix = _application.Prefix, Timeout = TimeSpan.FromSeconds(60) });
        await ReserveAsync(process.Ledger(Limits), 0.3m);
        IConnectionMultiplexer own = await process.Connection.ConnectAsync();
        InABlockedContext(process.Dispose);

        own.IsConnected.Should().BeFalse();
        server.Connection.IsConnected.Should().BeTrue();
    }

    [Fact]
    public async Task TryReserve_AnotherWasKilled_ItsGrantCountsAsSpent()
    {
        await ReserveAsync(Process(), 0.6m);
        await _application.Pass(TimeSpan.FromMinutes(2));
        (await StandAsync()).Should().Be((0.6m + (0.4m / 16), 0m));

        (await Process().TryReserveAsync("tenant", 0.5m, default)).Should().BeNull();
    }

    [Fact]
    public async Task TryReserve_TheWindowOfAKilledProcessHasPassed_IsGranted()
    {
        await ReserveAsync(Process(), 1m);
        await _application.Pass(TimeSpan.FromHours(2));

        (await Process().TryReserveAsync("tenant", 1m, default)).Should().NotBeNull();
    }

    [Fact]
    public async Task Settle_ByOneThatWasTakenForDead_CountsOnce()
    {
        RedisBudgetLedger paused = Process();
        BudgetReservation reservation = await ReserveAsync(paused, 0.6m);
        await _application.Pass(TimeSpan.FromMinutes(2));
        await ReserveAsync(Process(), 0.1m);
        await paused.SettleAsync(reservation, 0.2m, default);
        await paused.DisposeAsync();

        (await StandAsync()).Settled.Should().Be(0.2m);
    }

    [Fact]
    public async Task TryReserve_NotUsedForAWhile_IsGivenBack()
    {
        RedisBudgetLedger ledger = Process();
        await ledger.SettleAsync(await ReserveAsync(ledger, 0.2m), 0.1m, default);
        var step = TimeSpan.FromSeconds(20);
        for (TimeSpan idle = default; idle < Limits[0].Window && (await StandAsync()) != (0.1m, 0m); idle += step)
        {
            _application.Time.Advance(step);
        }

        (await StandAsync()).Should().Be((0.1m, 0m), "the rest of the grant is given back before the window ends");
    }

    [Fact]
    public async Task Settle_TheServerLostEverything_GoesOnFromThere()
    {
        RedisBudgetLedger ledger = Process();
        await ledger.SettleAsync(await ReserveAsync(ledger, 0.2m), 0.2m, default);
        BudgetReservation running = await ReserveAsync(ledger, 0.3m);
        await server.Connection.GetDatabase().KeyDeleteAsync(Key);
        await ledger.SettleAsync(running, 0.3m, default);
        await ledger.DisposeAsync();

        (await StandAsync()).Should().Be((0.3m, 0m));
    }

    [Fact]
    public async Task Settle_AFailoverLostTheLastReport_IsReportedAgain()
    {
        RedisBudgetLedger ledger = Process();
        IDatabase database = server.Connection.GetDatabase();
        await ReserveAsync(ledger, 0.2m);
        HashEntry[] replica = await database.HashGetAllAsync(Key);
        await ledger.SettleAsync(new("tenant", 0.2m, 0), 0.2m, default);
        await ReserveAsync(ledger, 0.3m);
        await database.KeyDeleteAsync(Key);
        await database.HashSetAsync(Key, replica);
        await ledger.SettleAsync(new("tenant", 0.3m, 0), 0.3m, default);
        await ledger.DisposeAsync();

        (await StandAsync()).Should().Be((0.5m, 0m));
    }

    [Fact]
    public async Task TryReserve_Cancelled_TakesNothing()
    {
        RedisBudgetLedger ledger = Process();
        using var cancel = new CancellationTokenSource();
        Task<BudgetReservation?> asking = ledger.TryReserveAsync("tenant", 0.5m, cancel.Token).AsTask();
        await cancel.CancelAsync();
        try
        {
            await ledger.SettleAsync((await asking)!, 0, default);
        }
        catch (OperationCanceledException)
        {
            // The other of the two that may happen.
        }

        await ledger.DisposeAsync();
        (await StandAsync()).Should().Be((0m, 0m));
    }

    // As on the one thread of a window: what is posted to it would run when the call has returned.
    private static void InABlockedContext(Action call)
    {
        SynchronizationContext? before = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(new Blocked());
        try
        {
            call();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
        }
    }

    private sealed class Blocked : SynchronizationContext
    {
        public override void Post(SendOrPostCallback d, object? state)
        {
        }
    }
}
