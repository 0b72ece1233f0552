namespace AutoMix;

/// <summary>The dollars that exploring may cost in any 24 hours.</summary>
internal sealed class ExplorationBudget(decimal? dollarsPerDay, TimeProvider time)
{
    private readonly InMemoryBudgetLedger? _ledger = dollarsPerDay is > 0 and { } dollars ? new([new(dollars, TimeSpan.FromHours(24))], time) : null;

    /// <summary>Whether there is any left; what the next request costs is known only afterwards.</summary>
    public bool IsLeft => dollarsPerDay is null || _ledger?.Committed("") < dollarsPerDay;

    public void Spend(decimal dollars)
    {
        if (_ledger is null)
        {
            return;
        }

        ValueTask<BudgetReservation?> reserved = _ledger.TryReserveAsync("", 0, default);
        if (reserved.IsCompletedSuccessfully && reserved.Result is { } reservation)
        {
            _ = _ledger.SettleAsync(reservation, dollars, default).AsTask();
        }
    }
}
