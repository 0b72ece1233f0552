namespace AutoMix.Evaluation;

/// <summary>What one policy gave on each row while that row was held out from fitting it.</summary>
/// <param name="Quality">Quality of the accepted answer, per row.</param>
/// <param name="Cost">Dollars, per row.</param>
internal sealed record HeldOutRows(double[] Quality, double[] Cost)
{
    /// <summary>Each model called alone, without verification: nothing is fitted, so that every row is held out.</summary>
    public static HeldOutRows[] Singles(TraceTable table) =>
        [.. Enumerable.Range(0, table.ModelCount).Select(m => new HeldOutRows(
            [.. Enumerable.Range(0, table.RowCount).Select(row => table.Quality(row, m))],
            [.. Enumerable.Range(0, table.RowCount).Select(row => table.AnswerCost(row, m))]))];
}
