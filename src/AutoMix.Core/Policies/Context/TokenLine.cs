namespace AutoMix.Policies;

/// <summary>A figure that grows with the length of the prompt, as intercept and slope by least squares.</summary>
internal static class TokenLine
{
    /// <summary>Fits the line. A slope below 0 is taken as 0: it is noise, for longer prompts never cost less.</summary>
    public static double[] Fit(TraceTable table, Func<int, double> value)
    {
        IEnumerable<int> rows = Enumerable.Range(0, table.RowCount);
        double meanX = rows.Average(table.InputTokens);
        double meanY = rows.Average(value);
        double xx = rows.Sum(row => Math.Pow(table.InputTokens(row) - meanX, 2));
        double xy = rows.Sum(row => (table.InputTokens(row) - meanX) * (value(row) - meanY));
        double slope = xx > 1e-9 * table.RowCount ? Math.Max(0, xy / xx) : 0;
        return [meanY - (slope * meanX), slope];
    }

    public static double At(ReadOnlySpan<double> line, double tokens) => line[0] + (line[1] * tokens);
}
