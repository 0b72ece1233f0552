namespace AutoMix;

/// <summary>One budget over time in a configuration file.</summary>
public sealed class BudgetOptions
{
    /// <summary>The dollars, per tenant.</summary>
    public decimal Dollars { get; set; }

    /// <summary>The length of the sliding window. Default: one hour.</summary>
    public TimeSpan Window { get; set; } = TimeSpan.FromHours(1);
}
