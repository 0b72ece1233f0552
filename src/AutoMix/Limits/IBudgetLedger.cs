namespace AutoMix;

/// <summary>Keeps budgets over time. Every paid call is reserved before it starts and settled when it ends.</summary>
/// <remarks>
/// Used concurrently. A ledger that throws on <see cref="TryReserveAsync"/> refuses the call: what cannot be accounted for is
/// not spent.
/// </remarks>
public interface IBudgetLedger
{
    /// <summary>Sets dollars aside before calls start.</summary>
    /// <param name="key">Whose budget, such as a tenant; empty for the one budget of all.</param>
    /// <param name="dollars">The upper estimate of everything that will run together.</param>
    /// <param name="cancellationToken">Cancels the reservation.</param>
    /// <returns>The reservation; null if the budget does not hold that much.</returns>
    ValueTask<BudgetReservation?> TryReserveAsync(string key, decimal dollars, CancellationToken cancellationToken = default);

    /// <summary>Replaces a reservation by what was really spent. Called exactly once for each reservation, also after cancellation.</summary>
    /// <param name="reservation">The reservation that <see cref="TryReserveAsync"/> returned.</param>
    /// <param name="dollars">The dollars spent; 0 if the call was not billed.</param>
    /// <param name="cancellationToken">Never fires for a settlement made by the pipeline.</param>
    ValueTask SettleAsync(BudgetReservation reservation, decimal dollars, CancellationToken cancellationToken = default);
}
