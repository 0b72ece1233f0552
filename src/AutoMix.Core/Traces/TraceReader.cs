namespace AutoMix;

/// <summary>
/// Reads recorded traces: one JSON object a line, plain or gzip, one <see cref="TraceRecord"/> at a time, so that a file
/// of any size fits in memory.
/// </summary>
/// <remarks>
/// A line is <c>{"id","dataset"?,"split"?,"system"?,"prompt"?,"models":[{"model","answer","correct": bool or 0..1,
/// "confidence"?: 0..1 or null,"input_tokens"?,"output_tokens"?,"answer_cost_usd"?,"verify_cost_usd"?,"latency_ms"?}]}</c>.
/// RouterBench's wide table is recognised too, as CSV or JSON lines: <c>sample_id</c>, <c>prompt</c>, <c>eval_name</c> and per
/// model <c>NAME</c> (the score), <c>NAME|model_response</c>, <c>NAME|total_cost</c>; its models come in the order of the columns.
/// Unknown properties are ignored. Every line must list the same models in the same order. Nothing is silently skipped: an
/// empty line, a broken line or a value out of range ends the enumeration with a <see cref="TraceFormatException"/>.
/// </remarks>
public static class TraceReader
{
    /// <summary>Reads a file lazily; gzip is recognised by its first two bytes, not by its name.</summary>
    /// <param name="path">Path of the file.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="TraceFormatException">A line is not a valid record (thrown while enumerating).</exception>
    public static IEnumerable<TraceRecord> Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!File.Exists(path))
        {
            throw new FileNotFoundException($"There is no trace file at '{path}'. Give the path of a .jsonl or .jsonl.gz file.", path);
        }

        return Enumerate(() => File.OpenRead(path), path);
    }

    /// <summary>Reads a stream lazily, once. The stream is disposed when the enumeration ends.</summary>
    /// <param name="stream">A readable stream, plain or gzip.</param>
    /// <param name="name">The name used in error messages.</param>
    /// <exception cref="TraceFormatException">A line is not a valid record (thrown while enumerating).</exception>
    /// <exception cref="ObjectDisposedException">The records are enumerated a second time.</exception>
    public static IEnumerable<TraceRecord> Read(Stream stream, string name = "trace stream")
    {
        ArgumentNullException.ThrowIfNull(stream);
        return Enumerate(() => stream, name);
    }

    /// <summary>Whether a file is a wide table, whose models stand in no particular order.</summary>
    internal static bool IsWide(string path)
    {
        using Stream raw = new BufferedStream(File.OpenRead(path), 1 << 16);
        using var lines = new TraceLineReader(Decompress(raw), path);
        return lines.TryRead(out ReadOnlyMemory<byte> line) && TraceFormats.Detect(line.Span, lines, path).IsWide;
    }

    private static IEnumerable<TraceRecord> Enumerate(Func<Stream> open, string source)
    {
        using Stream raw = new BufferedStream(open(), 1 << 16);
        using var lines = new TraceLineReader(Decompress(raw), source);
        string[]? models = null;
        TraceFormats? format = null;
        var ids = new HashSet<string>(StringComparer.Ordinal);
        while (lines.TryRead(out ReadOnlyMemory<byte> line))
        {
            if (format is null)
            {
                format = TraceFormats.Detect(line.Span, lines, source);
                if (format.HasHeader)
                {
                    continue;
                }
            }

            // A row with line breaks in it is named by the line on which it begins.
            long number = lines.Line;
            TraceRecord record = format.Read(line.Span, lines);
            CheckModels(record, ref models, source, number);
            if (!ids.Add(record.Id))
            {
                throw new TraceFormatException(source, number, $"the id '{record.Id}' has been used before. Give every record an id of its own.");
            }

            yield return record;
        }

        if (models is null)
        {
            throw new TraceFormatException(source, 0, "the file holds no record. A trace file has one JSON object per line.");
        }
    }

    private static Stream Decompress(Stream raw)
    {
        int first = raw.ReadByte();
        int second = raw.ReadByte();
        byte[] start = second >= 0 ? [(byte)first, (byte)second] : first >= 0 ? [(byte)first] : [];
        Stream whole = new FramedStream(start, raw, []);
        return first == 0x1F && second == 0x8B ? new WholeGzipStream(whole) : whole;
    }

    private static void CheckModels(TraceRecord record, ref string[]? models, string source, long line)
    {
        string[] names = [.. record.Answers.Select(answer => answer.Model)];
        if (models is null)
        {
            models = names;
        }
        else if (!models.AsSpan().SequenceEqual(names))
        {
            throw new TraceFormatException(
                source,
                line,
                $"the models are [{string.Join(", ", names)}], but the first record has [{string.Join(", ", models)}]. Every record lists the same models in the same order.");
        }
    }
}
