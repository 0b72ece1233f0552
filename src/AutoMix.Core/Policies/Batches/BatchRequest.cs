namespace AutoMix.Policies;

/// <summary>One request of a batch that is known in advance.</summary>
public readonly struct BatchRequest
{
    /// <param name="key">Identifies it; see <see cref="RequestKeys"/>.</param>
    /// <param name="inputTokens">Tokens of its prompt.</param>
    /// <param name="embedding">The embedding of its prompt; empty where unknown.</param>
    public BatchRequest(ulong key, double inputTokens, ReadOnlyMemory<float> embedding = default)
    {
        Key = key;
        InputTokens = inputTokens;
        Embedding = embedding;
    }

    /// <summary>Identifies it; see <see cref="RequestKeys"/>.</summary>
    public ulong Key { get; }

    /// <summary>Tokens of its prompt.</summary>
    public double InputTokens { get; }

    /// <summary>The embedding of its prompt; empty where unknown.</summary>
    public ReadOnlyMemory<float> Embedding { get; }
}
