namespace AutoMix.Policies;

/// <summary>Figures of one model's answers in recorded traces.</summary>
internal static class TraceColumns
{
    /// <summary>Gets the cost of one answer, without its verification.</summary>
    public static CascadeCost Cost(this TraceTable table, int row, int model) =>
        new(table.AnswerCost(row, model), table.Tokens(row, model), table.Seconds(row, model));

    /// <summary>Averages the costs of a model's answers, without verifications.</summary>
    public static CascadeCost MeanCost(this TraceTable table, int model)
    {
        CascadeCost sum = default;
        for (int row = 0; row < table.RowCount; row++)
        {
            sum += table.Cost(row, model);
        }

        return new(sum.Dollars / table.RowCount, sum.Tokens / table.RowCount, sum.Seconds / table.RowCount);
    }

    /// <summary>Averages the dollars for verifying a model's answers.</summary>
    public static double MeanVerifyCost(this TraceTable table, int model) => Enumerable.Range(0, table.RowCount).Average(row => table.VerifyCost(row, model));

    /// <summary>Averages the qualities of a model's answers.</summary>
    public static double MeanQuality(this TraceTable table, int model) => Enumerable.Range(0, table.RowCount).Average(row => table.Quality(row, model));

    /// <summary>Lists the known confidences in a model's answers, in the order of the rows.</summary>
    public static IEnumerable<double> Confidences(this TraceTable table, int model) =>
        Enumerable.Range(0, table.RowCount).Select(row => table.Confidence(row, model)).Where(c => !double.IsNaN(c));

    /// <summary>Lists the inner edges of bins that hold equally many known confidences each, so that confidences that crowd near 1, as token probabilities do, are told apart.</summary>
    public static double[] QuantileEdges(this TraceTable table, int model, int bins)
    {
        double[] seen = [.. table.Confidences(model).Order()];
        return seen.Length == 0 ? [] : [.. Enumerable.Range(1, bins - 1).Select(k => seen[seen.Length * k / bins]).Where(edge => edge > seen[0]).Distinct()];
    }
}
