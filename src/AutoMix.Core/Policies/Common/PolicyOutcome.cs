namespace AutoMix.Policies;

/// <summary>The outcome of one request, known after it was answered.</summary>
public sealed record PolicyOutcome
{
    /// <summary>The request's key.</summary>
    public ulong RequestKey { get; init; }

    /// <summary>The embedding of the query; empty if unknown.</summary>
    public ReadOnlyMemory<float> Embedding { get; init; }

    /// <summary>The tokens of the prompt; 0 if unknown.</summary>
    public double InputTokens { get; init; }

    /// <summary>The source of the feedback, so that the influence of a source can be limited; empty if unknown.</summary>
    public string Source { get; init; } = "";

    /// <summary>The outcomes of the answers.</summary>
    public required IReadOnlyList<AnswerOutcome> Answers { get; init; }

    /// <summary>Creates the outcome of a recorded query.</summary>
    /// <param name="table">Traces.</param>
    /// <param name="row">Row of the query.</param>
    /// <param name="models">The models whose answers are reported; all if empty.</param>
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
