namespace AutoMix.Policies;

/// <summary>One request of a batch that is known in advance.</summary>
/// <param name="Key">Identifies it; see <see cref="RequestKeys"/>.</param>
/// <param name="InputTokens">Tokens of its prompt.</param>
/// <param name="Embedding">The embedding of its prompt; empty where unknown.</param>
public readonly record struct BatchRequest(ulong Key, double InputTokens, ReadOnlyMemory<float> Embedding = default);
