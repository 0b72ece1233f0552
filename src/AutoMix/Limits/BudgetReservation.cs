namespace AutoMix;

/// <summary>Dollars set aside in an <see cref="IBudgetLedger"/>.</summary>
/// <param name="Key">Whose budget.</param>
/// <param name="Dollars">How much.</param>
/// <param name="Id">Tells reservations of one ledger apart.</param>
public sealed record BudgetReservation(string Key, decimal Dollars, long Id);
