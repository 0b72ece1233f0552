namespace AutoMix.Policies;

/// <summary>
/// Searches for words that, put behind any query, make a router that looks at embeddings ask one model, such as the most expensive one
/// (Lin et al., 2025, on the life cycle of routers). For testing a router before others do.
/// </summary>
public static class SuffixAttack
{
    /// <summary>Finds a suffix by greedy search, word by word, from the router's decisions alone.</summary>
    /// <param name="policy">The router.</param>
    /// <param name="embed">The embedding it uses.</param>
    /// <param name="prompts">Queries that the suffix shall turn.</param>
    /// <param name="vocabulary">Words to choose from.</param>
    /// <param name="target">The model that shall be asked.</param>
    /// <param name="length">Number of words.</param>
    public static string Find(
        ICascadePolicy policy, Func<string, ReadOnlyMemory<float>> embed, IReadOnlyList<string> prompts, IReadOnlyList<string> vocabulary, int target, int length)
    {
        ArgumentNullException.ThrowIfNull(vocabulary);
        string suffix = "";
        for (int word = 0; word < length; word++)
        {
            suffix = vocabulary.Select(next => $"{suffix} {next}").MaxBy(candidate => Share(policy, embed, prompts, candidate, target))!;
        }

        return suffix;
    }

    /// <summary>Measures the share of queries for which the router asks a model first, with a suffix behind each.</summary>
    /// <param name="policy">The router.</param>
    /// <param name="embed">The embedding it uses.</param>
    /// <param name="prompts">Queries.</param>
    /// <param name="suffix">The suffix; empty for none.</param>
    /// <param name="target">The model.</param>
    public static double Share(ICascadePolicy policy, Func<string, ReadOnlyMemory<float>> embed, IReadOnlyList<string> prompts, string suffix, int target)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(embed);
        ArgumentNullException.ThrowIfNull(prompts);
        var history = new CascadeHistory(policy.Models.Count);
        return prompts.Average(prompt =>
        {
            history.Reset();
            history.RequestKey = RequestKeys.FromText(prompt);
            history.Embedding = embed(prompt + suffix);
            return policy.Decide(history) is { Kind: CascadeActionKind.Call } call && call.Model == target ? 1.0 : 0;
        });
    }
}
