namespace AutoMix;

/// <summary>The dollars that may be spent within any window of a given length. Bindable from configuration.</summary>
public sealed class BudgetLimit
{
    /// <summary>The dollars, per key of the ledger (a tenant).</summary>
    [InRange("0 or more", Min = 0)]
    public decimal Dollars { get; set; }

    /// <summary>The length of the sliding window. Default: one hour.</summary>
    [InRange("a time above 0", Min = 0, IsMinExcluded = true)]
    public TimeSpan Window { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Creates a limit for any hour.</summary>
    /// <param name="dollars">The dollars, per key.</param>
    public static BudgetLimit PerHour(decimal dollars) => new() { Dollars = dollars };

    /// <summary>Creates a limit for any 24 hours.</summary>
    /// <param name="dollars">The dollars, per key.</param>
    public static BudgetLimit PerDay(decimal dollars) => new() { Dollars = dollars, Window = TimeSpan.FromDays(1) };

    internal BudgetLimit Copy() => new() { Dollars = Dollars, Window = Window };
}
