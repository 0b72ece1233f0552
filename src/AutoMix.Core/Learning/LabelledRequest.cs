namespace AutoMix.Learning;

/// <summary>One request that all models answered and whose answers are all labelled: what the joint model is estimated from.</summary>
/// <remarks>
/// Requests in which only some models answered are left out on purpose: a cascade calls its larger models where the smaller ones
/// were doubtful, so that their labels are not a fair sample. Whole requests are one, once each is weighted by the inverse of the
/// probability with which it came to be whole (Horvitz and Thompson, 1952).
/// </remarks>
internal sealed record LabelledRequest
{
    /// <summary>The request's key; assigns it to a fold of the cross-validation.</summary>
    public ulong RequestKey { get; init; }

    /// <summary>Who labelled it; empty where unknown.</summary>
    public string Source { get; init; } = "";

    /// <summary>
    /// The probability, in (0, 1], with which such a request is labelled, up to a factor common to all: 1 where it does not depend on
    /// the request, as where a coin chose it.
    /// </summary>
    public double Propensity { get; init; } = 1;

    /// <summary>One answer per model, in the order of the cascade.</summary>
    public required IReadOnlyList<LabelledAnswer> Answers { get; init; }

    /// <summary>A recorded query.</summary>
    /// <param name="table">Traces.</param>
    /// <param name="row">Row of the query.</param>
    public static LabelledRequest From(TraceTable table, int row)
    {
        ArgumentNullException.ThrowIfNull(table);
        return new()
        {
            RequestKey = table.Key(row),
            Answers = [.. Enumerable.Range(0, table.ModelCount).Select(m => new LabelledAnswer(
                table.Quality(row, m), double.IsNaN(table.Confidence(row, m)) ? null : table.Confidence(row, m), table.SameAs(row, m)))],
        };
    }
}
