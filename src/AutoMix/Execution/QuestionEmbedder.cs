using Microsoft.Extensions.AI;

namespace AutoMix;

/// <summary>Embeds the question of a request by the application's embedding generator, for policies that look at the query.</summary>
internal static class QuestionEmbedder
{
    /// <summary>Sets the embedding. It is empty if there is no question or the generator failed: the policy then decides as for an average query.</summary>
    public static async ValueTask ComputeAsync(Pipeline pipeline, RequestState state, CancellationToken cancellationToken)
    {
        state.SetEmbedding(ReadOnlyMemory<float>.Empty, null);
        if (state.Question.Length == 0)
        {
            return;
        }

        TimeSpan started = state.Elapsed;
        ReadOnlyMemory<float> embedding = default;
        long? tokens = null;
        string? error = null;
        try
        {
            if (pipeline.Embeddings.Value is not { } generator)
            {
                return;
            }

            GeneratedEmbeddings<Embedding<float>> embeddings = await generator.GenerateAsync([state.Question], cancellationToken: cancellationToken).ConfigureAwait(false);
            embedding = embeddings.Count > 0 ? embeddings[0].Vector : default;
            tokens = embeddings.Usage?.InputTokenCount ?? embeddings.Usage?.TotalTokenCount;
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            // A failed embedding must not fail the request.
            error = e.GetType().FullName;
        }

        state.Tick();
        var record = new EmbeddingRecord { Tokens = tokens, Duration = state.Elapsed - started, Error = error };
        state.SetEmbedding(embedding, record);
        Telemetry.Embedding(pipeline.Policy.Name, tokens, record.Duration, error);
    }
}
