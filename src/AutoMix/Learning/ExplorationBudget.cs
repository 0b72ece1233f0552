namespace AutoMix;

/// <summary>The dollars that exploring may cost in any 24 hours.</summary>
/// <remarks>
/// Safe for concurrent use. What one request costs is known only afterwards: what they have cost on average is set aside, and
/// until the first has ended no second one begins.
/// </remarks>
internal sealed class ExplorationBudget(decimal? dollarsPerDay, TimeProvider time)
{
    private static readonly BudgetReservation Unlimited = new("", 0, 0);
    private readonly InMemoryBudgetLedger? _ledger = dollarsPerDay is > 0 and { } dollars ? new([BudgetLimit.PerDay(dollars)], time) : null;
    private readonly Lock _gate = new();
    private decimal _spent;
    private int _ended;
    private int _running;

    /// <summary>Begins to explore one request; null where nothing is left.</summary>
    public BudgetReservation? TryBegin()
    {
        if (dollarsPerDay is not { } limit)
        {
            return Unlimited;
        }

        lock (_gate)
        {
            if (_ledger is null || (_ended == 0 && _running > 0) || limit - _ledger.Committed("") is not (> 0 and var left))
            {
                return null;
            }

            ValueTask<BudgetReservation?> reserved = _ledger.TryReserveAsync("", Math.Min(left, _ended == 0 ? 0 : _spent / _ended), default);
            if (reserved.IsCompletedSuccessfully && reserved.Result is { } begun)
            {
                _running++;
                return begun;
            }

            return null;
        }
    }

    /// <summary>Books what exploring one request cost; once for each that was begun.</summary>
    public void End(BudgetReservation begun, decimal dollars)
    {
        if (_ledger is null)
        {
            return;
        }

        lock (_gate)
        {
            _running--;
            _ended++;
            _spent += dollars;
        }

        _ = _ledger.SettleAsync(begun, dollars, default).AsTask();
    }
}
