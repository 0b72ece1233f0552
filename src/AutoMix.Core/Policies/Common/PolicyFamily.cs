namespace AutoMix.Policies;

/// <summary>
/// A way to route that can be trained on traces: an entry of the <see cref="PolicyRegistry"/>, from which the tool, the
/// benchmarks and the documentation read.
/// </summary>
public sealed class PolicyFamily
{
    private readonly Func<TraceTable, TrainedFamily> _train;

    /// <param name="key">Its key on the command line and in reports.</param>
    /// <param name="citation">The paper or source it follows.</param>
    /// <param name="train">From training traces to policies for any objective, with their held-out figures.</param>
    /// <param name="needs">The facts that its training needs of the traces.</param>
    public PolicyFamily(string key, string citation, Func<TraceTable, TrainedFamily> train, PolicyNeeds needs = PolicyNeeds.Labels | PolicyNeeds.Prices)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        ArgumentNullException.ThrowIfNull(citation);
        ArgumentNullException.ThrowIfNull(train);
        Key = key;
        Citation = citation;
        Needs = needs;
        _train = train;
    }

    /// <summary>Its key on the command line and in reports.</summary>
    public string Key { get; }

    /// <summary>The paper or source it follows.</summary>
    public string Citation { get; }

    /// <summary>The facts that its training needs of the traces.</summary>
    public PolicyNeeds Needs { get; }

    /// <summary>From training traces to policies for any objective, with their held-out figures.</summary>
    /// <param name="table">Training traces.</param>
    /// <exception cref="ArgumentException">The traces lack a fact that the family needs; the message names it.</exception>
    public TrainedFamily Train(TraceTable table)
    {
        ArgumentNullException.ThrowIfNull(table);
        PolicyNeeds missing = Missing(table);
        return missing == PolicyNeeds.None
            ? _train(table)
            : throw new ArgumentException($"The policy '{Key}' needs {missing}, which these traces do not have. {Remedy(missing)}", nameof(table));
    }

    /// <summary>Finds the facts that the family needs and the traces lack.</summary>
    /// <param name="table">Traces.</param>
    public PolicyNeeds Missing(TraceTable table)
    {
        ArgumentNullException.ThrowIfNull(table);
        PolicyNeeds missing = PolicyNeeds.None;
        bool Any(Func<int, int, bool> has) =>
            Enumerable.Range(0, table.RowCount).Any(row => Enumerable.Range(0, table.ModelCount).Any(m => has(row, m)));
        missing |= table.HasEmbeddings ? 0 : PolicyNeeds.Embeddings;
        missing |= Any((row, m) => !double.IsNaN(table.Confidence(row, m))) ? 0 : PolicyNeeds.Confidences;
        missing |= Any((row, m) => table.AnswerCost(row, m) > 0) ? 0 : PolicyNeeds.Prices;
        missing |= Any((row, m) => table.Seconds(row, m) > 0) ? 0 : PolicyNeeds.Latencies;
        return missing & Needs;
    }

    private static string Remedy(PolicyNeeds missing) => missing switch
    {
        _ when missing.HasFlag(PolicyNeeds.Embeddings) => "Add embeddings with TraceTable.WithEmbeddings.",
        _ when missing.HasFlag(PolicyNeeds.Confidences) => "Record a confidence for each answer.",
        _ when missing.HasFlag(PolicyNeeds.Prices) => "Record what each answer costs.",
        _ => "Record how long each answer takes.",
    };
}
