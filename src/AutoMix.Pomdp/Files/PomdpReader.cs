using System.IO.Compression;
using System.Text;

namespace AutoMix.Pomdps;

/// <summary>Reads models in the .pomdp text format of Cassandra's pomdp-solve, plain or gzip-compressed.</summary>
/// <remarks>
/// Everything of the format is understood: names or counts, wildcards, rows, matrices, <c>uniform</c>, <c>identity</c>,
/// <c>reset</c>, all forms of <c>start</c>, rewards by outcome, <c>values: cost</c> (turned into rewards). Beyond it, a line
/// <c>horizon: N</c> gives a finite number of steps. Sums of probabilities that are off by rounding are normalised;
/// larger errors are refused.
/// </remarks>
public static class PomdpReader
{
    /// <summary>Reads a file; compression is recognised by its content, not its name.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="PomdpFormatException">The file is not a model: says where and why.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static Pomdp Read(string path) => Read(path, PomdpLimits.Default);

    /// <summary>Reads a file of a limited size; compression is recognised by its content, not its name.</summary>
    /// <param name="path">The file.</param>
    /// <param name="limits">How large the model may become.</param>
    /// <exception cref="PomdpFormatException">The file is not a model: says where and why.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static Pomdp Read(string path, PomdpLimits limits)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(limits);
        using FileStream file = File.OpenRead(path);
        return Read(file, path, limits);
    }

    /// <summary>Reads a stream, which stays open; it must be able to seek.</summary>
    /// <param name="stream">Text in UTF-8, plain or gzip-compressed.</param>
    /// <param name="name">The name used in error messages; none where null.</param>
    /// <param name="limits">How large the model may become.</param>
    /// <exception cref="PomdpFormatException">The text is not a model.</exception>
    public static Pomdp Read(Stream stream, string? name = null, PomdpLimits? limits = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        long start = stream.Position;
        bool compressed = stream.ReadByte() == 0x1F && stream.ReadByte() == 0x8B;
        stream.Position = start;
        try
        {
            using Stream? unpacked = compressed ? new GZipStream(stream, CompressionMode.Decompress, leaveOpen: true) : null;
            using StreamReader reader = new(unpacked ?? stream, Encoding.UTF8, detectEncodingFromByteOrderMarks: true, bufferSize: 1 << 16, leaveOpen: true);
            return Parse(reader, name, limits);
        }
        catch (InvalidDataException e)
        {
            throw new PomdpFormatException($"{name ?? "stream"}: the gzip data is damaged.", e);
        }
    }

    /// <summary>Reads a text; the reader stays open.</summary>
    /// <param name="reader">The text.</param>
    /// <param name="name">The name used in error messages; none where null.</param>
    /// <param name="limits">How large the model may become.</param>
    /// <exception cref="PomdpFormatException">The text is not a model.</exception>
    public static Pomdp Parse(TextReader reader, string? name = null, PomdpLimits? limits = null)
    {
        ArgumentNullException.ThrowIfNull(reader);
        limits ??= PomdpLimits.Default;
        return new PomdpParser(new PomdpTokenizer(reader, name, limits.MaxCharacters), limits).Parse();
    }
}
