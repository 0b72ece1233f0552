namespace AutoMix;

/// <summary>The dollars that exploring may cost in any 24 hours.</summary>
internal sealed class ExplorationBudget(decimal? dollarsPerDay, TimeProvider time)
{
    private static readonly BudgetReservation Unlimited = new("", 0, 0);
    private readonly InMemoryBudgetLedger? _ledger = dollarsPerDay is > 0 and { } dollars ? new([new(dollars, TimeSpan.FromHours(24))], time) : null;

    /// <summary>Begins to explore one request; null where nothing is left. What it costs is known only afterwards.</summary>
    public BudgetReservation? TryBegin()
    {
        if (dollarsPerDay is null)
        {
            return Unlimited;
        }

        if (_ledger is null || _ledger.Committed("") >= dollarsPerDay)
        {
            return null;
        }

        ValueTask<BudgetReservation?> reserved = _ledger.TryReserveAsync("", 0, default);
        return reserved.IsCompletedSuccessfully ? reserved.Result : null;
    }

    /// <summary>Books what exploring one request cost; once for each that was begun.</summary>
    public void End(BudgetReservation begun, decimal dollars)
    {
        if (_ledger is not null)
        {
            _ = _ledger.SettleAsync(begun, dollars, default).AsTask();
        }
    }
}
