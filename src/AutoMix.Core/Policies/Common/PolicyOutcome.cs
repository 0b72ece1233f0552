namespace AutoMix.Policies;

/// <summary>What was learned about one request after it was answered.</summary>
public sealed record PolicyOutcome
{
    /// <summary>The request's key.</summary>
    public ulong RequestKey { get; init; }

    /// <summary>The embedding of the query; empty where unknown.</summary>
    public ReadOnlyMemory<float> Embedding { get; init; }

    /// <summary>Tokens of the prompt; 0 where unknown.</summary>
    public double InputTokens { get; init; }

    /// <summary>Who gave the feedback, so that nobody's influence grows without bound; empty where unknown.</summary>
    public string Source { get; init; } = "";

    /// <summary>What was learned about each answer.</summary>
    public required IReadOnlyList<AnswerOutcome> Answers { get; init; }

    /// <summary>The outcome of a recorded query.</summary>
    /// <param name="table">Traces.</param>
    /// <param name="row">Row of the query.</param>
    /// <param name="models">Models whose answers are reported; all where empty.</param>
    public static PolicyOutcome From(TraceTable table, int row, params ReadOnlySpan<int> models)
    {
        ArgumentNullException.ThrowIfNull(table);
        int[] reported = models.Length == 0 ? [.. Enumerable.Range(0, table.ModelCount)] : models.ToArray();
        return new PolicyOutcome
        {
            RequestKey = table.Key(row),
            Embedding = table.Embedding(row),
            InputTokens = table.InputTokens(row),
            Answers = [.. reported.Select(m => new AnswerOutcome(
                m,
                new CascadeCost(table.AnswerCost(row, m), table.Tokens(row, m), table.Seconds(row, m)),
                table.Quality(row, m),
                double.IsNaN(table.Confidence(row, m)) ? null : table.Confidence(row, m)))],
        };
    }
}
