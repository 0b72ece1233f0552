namespace AutoMix;

/// <summary>How a shared budget stands.</summary>
/// <param name="Settled">The dollars settled within the window, and those that were granted to processes that have not been heard of since.</param>
/// <param name="Granted">The dollars that processes have been granted and have not settled or given back.</param>
public readonly record struct BudgetSpending(decimal Settled, decimal Granted);
