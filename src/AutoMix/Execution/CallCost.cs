namespace AutoMix;

/// <summary>What one call cost.</summary>
/// <param name="Dollars">The dollars that are known or estimated.</param>
/// <param name="IsEstimated">Whether they are an estimate.</param>
/// <param name="IsIncomplete">Whether something is owed that is not among them, because the model has no declared price.</param>
internal readonly record struct CallCost(decimal Dollars, bool IsEstimated, bool IsIncomplete = false);
