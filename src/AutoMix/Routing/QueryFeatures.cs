namespace AutoMix;

/// <summary>What policies over numbers know of a query before anyone has answered; the same for all decisions of the request.</summary>
internal sealed class QueryFeatures(long inputTokens)
{
    /// <summary>The estimate of the prompt's tokens.</summary>
    public long InputTokens { get; } = inputTokens;

    /// <summary>The embedding of the question; empty where none could be computed, null before it was tried.</summary>
    public ReadOnlyMemory<float>? Embedding { get; set; }

    /// <summary>What computing it took; null where nothing was computed.</summary>
    public EmbeddingRecord? EmbeddingRecord { get; set; }
}
