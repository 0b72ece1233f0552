using System.ComponentModel.DataAnnotations;

namespace AutoMix;

/// <summary>The dollars that may be spent within any window of a given length. Bindable from configuration.</summary>
public sealed record BudgetLimit
{
    /// <summary>The dollars, per key of the ledger (a tenant).</summary>
    [Range(typeof(decimal), "0", "79228162514264337593543950335", ErrorMessage = "{0} must be 0 or more.")]
    public decimal Dollars { get; set; }

    /// <summary>The length of the sliding window. Default: one hour.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "10675199.00:00:00", MinimumIsExclusive = true, ErrorMessage = "{0} must be a time above 0.")]
    public TimeSpan Window { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Creates a limit for any hour.</summary>
    /// <param name="dollars">The dollars, per key.</param>
    public static BudgetLimit PerHour(decimal dollars) => new() { Dollars = dollars };

    /// <summary>Creates a limit for any 24 hours.</summary>
    /// <param name="dollars">The dollars, per key.</param>
    public static BudgetLimit PerDay(decimal dollars) => new() { Dollars = dollars, Window = TimeSpan.FromDays(1) };
}
