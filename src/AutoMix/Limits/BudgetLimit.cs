namespace AutoMix;

/// <summary>At most so many dollars within any window of that length.</summary>
/// <param name="Dollars">The dollars, per key.</param>
/// <param name="Window">The length of the sliding window.</param>
public sealed record BudgetLimit(decimal Dollars, TimeSpan Window)
{
    /// <summary>A budget for any hour.</summary>
    /// <param name="dollars">The dollars, per key.</param>
    public static BudgetLimit PerHour(decimal dollars) => new(dollars, TimeSpan.FromHours(1));

    /// <summary>A budget for any 24 hours.</summary>
    /// <param name="dollars">The dollars, per key.</param>
    public static BudgetLimit PerDay(decimal dollars) => new(dollars, TimeSpan.FromDays(1));
}
