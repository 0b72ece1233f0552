namespace AutoMix;

/// <summary>Dollars set aside in an <see cref="IBudgetLedger"/>.</summary>
/// <param name="key">The key of the budget, such as a tenant.</param>
/// <param name="dollars">The dollars set aside.</param>
/// <param name="id">The number of the reservation, unique within its ledger.</param>
public sealed class BudgetReservation(string key, decimal dollars, long id)
{
    /// <summary>The key of the budget, such as a tenant.</summary>
    public string Key => key;

    /// <summary>The dollars set aside.</summary>
    public decimal Dollars => dollars;

    /// <summary>The number of the reservation, unique within its ledger.</summary>
    public long Id => id;
}
