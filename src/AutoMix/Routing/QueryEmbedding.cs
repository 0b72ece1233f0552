using System.Diagnostics;
using Microsoft.Extensions.AI;

namespace AutoMix;

/// <summary>The embedding of a request's question, by the application's embedding generator, for policies that look at the query.</summary>
internal static class QueryEmbedding
{
    /// <summary>Empty where there is no question or the generator failed: the policy then decides as for an average query.</summary>
    public static async ValueTask<ReadOnlyMemory<float>> ComputeAsync(
        IEmbeddingGenerator<string, Embedding<float>> generator, string question, CancellationToken cancellationToken)
    {
        if (question.Length == 0)
        {
            return default;
        }

        try
        {
            GeneratedEmbeddings<Embedding<float>> embeddings = await generator.GenerateAsync([question], cancellationToken: cancellationToken).ConfigureAwait(false);
            Activity.Current?.AddEvent(new ActivityEvent("automix.embedding"));
            return embeddings.Count > 0 ? embeddings[0].Vector : default;
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            // A better guess is not worth a request.
            Activity.Current?.AddEvent(new ActivityEvent("automix.embedding.failed", tags: new ActivityTagsCollection { ["error.type"] = e.GetType().FullName }));
            return default;
        }
    }
}
