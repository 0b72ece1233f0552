namespace AutoMix.Tests.Stores;

/// <summary>What every <see cref="IBudgetLedger"/> promises.</summary>
public abstract class BudgetLedgerContract
{
    /// <summary>A ledger, or another connection to one and the same, that holds every key to $1 within so many <see cref="Unit"/>s.</summary>
    protected abstract IBudgetLedger Connect(int units = 100);

    /// <summary>A time that <see cref="PassAsync"/> lets pass; longer than a test takes otherwise.</summary>
    protected virtual TimeSpan Unit => TimeSpan.FromSeconds(10);

    /// <summary>Lets that much time of the ledger pass.</summary>
    protected abstract Task PassAsync(TimeSpan time);

    private static ValueTask<BudgetReservation?> ReserveAsync(IBudgetLedger ledger, decimal dollars, string key = "tenant") => ledger.TryReserveAsync(key, dollars, default);

    [Fact]
    public async Task TryReserve_WithinTheLimit_IsGranted() =>
        (await ReserveAsync(Connect(), 1m))!.Should().Match<BudgetReservation>(r => r.Key == "tenant" && r.Dollars == 1m);

    [Fact]
    public async Task TryReserve_BeyondTheLimitTogetherWithOthers_IsRefused()
    {
        await ReserveAsync(Connect(), 0.6m);

        (await ReserveAsync(Connect(), 0.5m)).Should().BeNull();
    }

    [Fact]
    public async Task TryReserve_AnotherKey_HasItsOwnBudget()
    {
        await ReserveAsync(Connect(), 1m);

        (await ReserveAsync(Connect(), 1m, "other")).Should().NotBeNull();
    }

    [Fact]
    public async Task Settle_LessThanReserved_GivesTheRestBack()
    {
        IBudgetLedger ledger = Connect();
        BudgetReservation? reservation = await ReserveAsync(ledger, 1m);
        await ledger.SettleAsync(reservation!, 0.25m, default);

        (await ReserveAsync(ledger, 0.75m)).Should().NotBeNull();
        (await ReserveAsync(ledger, 0.01m)).Should().BeNull();
    }

    [Fact]
    public async Task Settle_MoreThanReserved_CountsInFull()
    {
        IBudgetLedger ledger = Connect();
        BudgetReservation? reservation = await ReserveAsync(ledger, 0.1m);
        await ledger.SettleAsync(reservation!, 0.9m, default);

        (await ReserveAsync(ledger, 0.2m)).Should().BeNull();
    }

    [Fact]
    public async Task Settle_TheWindowHasPassed_IsForgotten()
    {
        IBudgetLedger ledger = Connect(units: 1);
        BudgetReservation? reservation = await ReserveAsync(ledger, 1m);
        await ledger.SettleAsync(reservation!, 1m, default);
        await PassAsync(2 * Unit);

        (await ReserveAsync(ledger, 1m)).Should().NotBeNull();
    }

    [Fact]
    public async Task TryReserve_FromManyAtOnce_NeverMoreThanTheLimit()
    {
        BudgetReservation?[] granted = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Task.Run(() => ReserveAsync(Connect(), 0.1m).AsTask())));

        granted.Count(r => r is not null).Should().Be(10);
    }
}
