using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.AI;

namespace AutoMix.Benchmarks.TraceStudy;

/// <summary>
/// Embeddings kept between runs, in one file under the temp folder: hash of the text, then its numbers, record after record.
/// A record that was cut off by an end of the process is computed again.
/// </summary>
internal sealed class EmbeddingFile(IEmbeddingGenerator<string, Embedding<float>> generator, int dimensions, string path)
{
    private readonly Dictionary<UInt128, ReadOnlyMemory<float>> _known = [];
    private bool _read;

    /// <summary>The file of <see cref="MiniLm"/>.</summary>
    public static EmbeddingFile OfMiniLm(IEmbeddingGenerator<string, Embedding<float>> generator) =>
        new(generator, MiniLm.Dimensions, Path.Combine(Path.GetTempPath(), "automix-minilm-l6-v2.embeddings"));

    /// <summary>The same traces with an embedding of each prompt.</summary>
    public async Task<TraceTable> EmbedAsync(TraceTable table)
    {
        ReadFile();
        string[] missing = [.. Enumerable.Range(0, table.RowCount).Select(table.Prompt).Distinct(StringComparer.Ordinal).Where(text => !_known.ContainsKey(Key(text)))];
        if (missing.Length > 0)
        {
            using var file = new FileStream(path, FileMode.Append);
            foreach (string[] some in missing.Chunk(256))
            {
                GeneratedEmbeddings<Embedding<float>> embeddings = await generator.GenerateAsync(some).ConfigureAwait(false);
                for (int i = 0; i < some.Length; i++)
                {
                    _known[Key(some[i])] = embeddings[i].Vector;
                    file.Write(MemoryMarshal.AsBytes<UInt128>([Key(some[i])]));
                    file.Write(MemoryMarshal.AsBytes(embeddings[i].Vector.Span));
                }
            }
        }

        return table.WithEmbeddings(text => _known[Key(text)]);
    }

    private static UInt128 Key(string text) => MemoryMarshal.Read<UInt128>(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private void ReadFile()
    {
        if (_read || !File.Exists(path))
        {
            return;
        }

        _read = true;
        int length = Marshal.SizeOf<UInt128>() + (dimensions * sizeof(float));
        using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite);
        file.SetLength(file.Length / length * length);
        byte[] record = new byte[length];
        while (file.ReadAtLeast(record, length, throwOnEndOfStream: false) == length)
        {
            _known[MemoryMarshal.Read<UInt128>(record)] = MemoryMarshal.Cast<byte, float>(record.AsSpan(Marshal.SizeOf<UInt128>())).ToArray();
        }
    }
}
