namespace AutoMix;

/// <summary>Bounds the dollars that exploring costs in any 24 hours.</summary>
/// <remarks>
/// Safe for concurrent use. The cost of a request is known only when it has ended: the average cost is reserved for each, and no second
/// request begins until the first has ended.
/// </remarks>
internal sealed class ExplorationBudget(decimal? dollarsPerDay, TimeProvider time)
{
    private static readonly BudgetReservation Unlimited = new("", 0, 0);
    private readonly InMemoryBudgetLedger? _ledger = dollarsPerDay is > 0 and { } dollars ? new([BudgetLimit.PerDay(dollars)], time) : null;
    private readonly Lock _gate = new();
    private decimal _spent;
    private int _ended;
    private int _running;

    /// <summary>Reserves dollars to explore one request; null if the budget is used up.</summary>
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

    /// <summary>Books the cost of exploring one request. Called once for each request that was begun.</summary>
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
