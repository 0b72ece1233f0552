using Microsoft.Extensions.AI;

namespace AutoMix;

/// <summary>The embedding of a request's question, by the application's embedding generator, for policies that look at the query.</summary>
internal static class QueryEmbedding
{
    /// <summary>Sets the embedding: empty where there is no question or the generator failed, so that the policy decides as for an average query.</summary>
    public static async ValueTask ComputeAsync(
        IEmbeddingGenerator<string, Embedding<float>> generator, string policy, RoutingState state, QueryFeatures features, CancellationToken cancellationToken)
    {
        features.Embedding = ReadOnlyMemory<float>.Empty;
        if (state.Question.Length == 0)
        {
            return;
        }

        TimeSpan started = state.Elapsed;
        long? tokens = null;
        string? error = null;
        try
        {
            GeneratedEmbeddings<Embedding<float>> embeddings = await generator.GenerateAsync([state.Question], cancellationToken: cancellationToken).ConfigureAwait(false);
            features.Embedding = embeddings.Count > 0 ? embeddings[0].Vector : default;
            tokens = embeddings.Usage?.InputTokenCount ?? embeddings.Usage?.TotalTokenCount;
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            // A better guess is not worth a request.
            error = e.GetType().FullName;
        }

        state.Tick();
        features.EmbeddingRecord = new() { Tokens = tokens, Duration = state.Elapsed - started, Error = error };
        Telemetry.Embedding(policy, tokens, features.EmbeddingRecord.Duration, error);
    }
}
