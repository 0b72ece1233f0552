namespace AutoMix.Statistics;

/// <summary>Rows divided into folds of equal size, for cross-validation.</summary>
/// <param name="order">All rows. The row at place i belongs to fold i modulo the number of folds.</param>
/// <param name="count">The number of folds; as many as rows if there are fewer rows.</param>
internal sealed class Folds(int[] order, int count = Folds.Standard)
{
    /// <summary>The number of folds unless a caller asks for another.</summary>
    public const int Standard = 5;

    /// <summary>The number of folds.</summary>
    public int Count { get; } = Math.Min(count, order.Length);

    /// <summary>Lists the rows of a fold.</summary>
    public int[] HeldOut(int fold) => [.. order.Where((_, place) => place % Count == fold)];

    /// <summary>Lists the rows of the other folds; all rows if there is one fold only.</summary>
    public int[] Rest(int fold) => [.. order.Where((_, place) => Count == 1 || place % Count != fold)];
}
