namespace AutoMix;

/// <summary>The money of one request: its cost cap, and its reservations in the budget ledger.</summary>
internal sealed class RequestFunds(RequestScope scope)
{
    // A settlement that takes longer goes on by itself.
    private static readonly TimeSpan LongestSettlement = TimeSpan.FromSeconds(5);
    private readonly Pipeline _pipeline = scope.Pipeline;

    /// <summary>Whether calls are reserved before they are made.</summary>
    public bool AreLimited => _pipeline.CostCap is not null || _pipeline.Ledger is not null;

    /// <summary>Reserves the same dollars for each of several calls, or for none of them.</summary>
    /// <returns>The reservations in the ledger, or the reason why there are none.</returns>
    public async ValueTask<(BudgetReservation?[] Reservations, Refusal? Refusal)> ReserveAsync(decimal each, int calls)
    {
        var reservations = new BudgetReservation?[calls];
        decimal all = each * calls;
        if (all == 0)
        {
            return (reservations, null);
        }

        if (_pipeline.CostCap is { } cap && scope.State.CostWith(all) > cap)
        {
            return (reservations, new(FormattableString.Invariant($"another {all} dollars (estimated) would exceed the cap of {cap} dollars a request"), LimitKind.Cost));
        }

        if (_pipeline.Ledger is { } ledger)
        {
            bool isWhole = false;
            try
            {
                int granted = 0;
                while (granted < calls && (reservations[granted] = await ReserveAsync(ledger, each).ConfigureAwait(false)) is not null)
                {
                    granted++;
                }

                isWhole = granted == calls;
            }
            finally
            {
                if (!isWhole)
                {
                    await ReleaseAsync(reservations).ConfigureAwait(false);
                }
            }

            return (reservations, isWhole ? null : new(FormattableString.Invariant($"the budget does not hold the estimated {all} dollars"), LimitKind.Budget));
        }

        return (reservations, null);
    }

    /// <summary>Gives reservations back that are not needed.</summary>
    public async ValueTask ReleaseAsync(BudgetReservation?[] reservations)
    {
        foreach (BudgetReservation? reservation in reservations)
        {
            await SettleAsync(reservation, 0).ConfigureAwait(false);
        }
    }

    /// <summary>Books dollars in place of a reservation. Never throws and never waits long.</summary>
    public async ValueTask SettleAsync(BudgetReservation? reservation, decimal dollars)
    {
        if (reservation is null)
        {
            return;
        }

        try
        {
            ValueTask settling = _pipeline.Ledger!.SettleAsync(reservation, dollars, CancellationToken.None);
            if (!settling.IsCompletedSuccessfully)
            {
                await settling.AsTask().WaitAsync(LongestSettlement, _pipeline.Time).ConfigureAwait(false);
            }
        }
        catch (Exception e)
        {
            // An answer that is paid for is neither lost nor held up because the books could not be written.
            _pipeline.Telemetry.LedgerFailed(e);
        }
    }

    private async ValueTask<BudgetReservation?> ReserveAsync(IBudgetLedger ledger, decimal dollars)
    {
        Task<BudgetReservation?>? pending = null;
        try
        {
            pending = ledger.TryReserveAsync(Tenant(), dollars, scope.Cancellation).AsTask();
            return pending.IsCompletedSuccessfully ? pending.Result : await scope.Time.WithinDeadlineAsync(pending).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            if (pending is { IsFaulted: false, IsCanceled: false })
            {
                // The ledger has granted it meanwhile, or may grant it later.
                _ = GiveBackAsync(pending);
            }

            if (scope.Cancellation.IsCancellationRequested)
            {
                throw;
            }

            _pipeline.Telemetry.LedgerFailed(e);
            return null;
        }
    }

    // If the application defines the tenants, a request cannot name another.
    private string Tenant() =>
        (_pipeline.TenantOf is { } tenantOf ? tenantOf(scope.State.Options)
            : scope.State.Options?.AdditionalProperties is { } properties && properties.TryGetValue(RequestTags.Tenant, out object? tag) ? tag?.ToString()
            : null)
        ?? "";

    private async Task GiveBackAsync(Task<BudgetReservation?> pending)
    {
        try
        {
            await SettleAsync(await pending.ConfigureAwait(false), 0).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            _pipeline.Telemetry.LedgerFailed(e);
        }
    }
}
