using System.Text.Json;

namespace AutoMix;

/// <summary>What a trace file's first line says about its format, and records out of its lines accordingly.</summary>
internal sealed class TraceFormats
{
    private readonly string _source;
    private readonly WideTraceColumns? _columns;
    private readonly bool _csv;

    private TraceFormats(string source, WideTraceColumns? columns, bool csv)
    {
        _source = source;
        _columns = columns;
        _csv = csv;
    }

    /// <summary>Whether the file is a wide table, whose models stand in no particular order.</summary>
    public bool IsWide => _columns is not null;

    /// <summary>Whether the first line is a header and no record.</summary>
    public bool HasHeader => _csv;

    public static TraceFormats Detect(ReadOnlySpan<byte> first, TraceLineReader lines, string source)
    {
        ReadOnlySpan<byte> trimmed = first.Trim(" \t"u8);
        if (trimmed.Length > 0 && trimmed[0] != '{')
        {
            // What is neither JSON nor a wide table's header is left to the usual parser's message.
            return trimmed.IndexOf("sample_id"u8) >= 0
                ? new TraceFormats(source, new WideTraceColumns(CsvRow.Read(first, lines, source), source, lines.Line), csv: true)
                : new TraceFormats(source, null, csv: false);
        }

        string[] names = PropertyNames(trimmed);
        return WideTraceColumns.Match(names) && !names.Contains("models", StringComparer.Ordinal)
            ? new TraceFormats(source, new WideTraceColumns(names, source, lines.Line), csv: false)
            : new TraceFormats(source, null, csv: false);
    }

    /// <summary>The record that begins with a line.</summary>
    public TraceRecord Read(ReadOnlySpan<byte> line, TraceLineReader lines)
    {
        long number = lines.Line;
        if (_columns is null)
        {
            return TraceLineParser.Parse(line, _source, number);
        }

        if (line.IndexOfAnyExcept((byte)' ', (byte)'\t') < 0)
        {
            throw new TraceFormatException(_source, number, "the line is empty. Remove it; nothing is skipped silently.");
        }

        return _columns.Record(_csv ? CsvRow.Read(line, lines, _source) : Fields(line, number), number);
    }

    private List<string> Fields(ReadOnlySpan<byte> line, long number)
    {
        try
        {
            var reader = new Utf8JsonReader(line);
            using JsonDocument document = JsonDocument.ParseValue(ref reader);
            if (document.RootElement.ValueKind != JsonValueKind.Object || reader.Read())
            {
                throw new TraceFormatException(_source, number, "a row is one JSON object. Put one object on each line.");
            }

            return [.. _columns!.Names.Select(name => document.RootElement.TryGetProperty(name, out JsonElement value)
                ? Text(value)
                : throw new TraceFormatException(_source, number, $"'{name}' is missing. Every row has the columns of the first."))];
        }
        catch (JsonException e)
        {
            throw new TraceFormatException(_source, number, $"not valid JSON ({e.Message}) Put one whole JSON object on each line.", e);
        }
        catch (InvalidOperationException e)
        {
            throw new TraceFormatException(_source, number, "a text is not valid UTF-8. Save the file as UTF-8.", e);
        }
    }

    private static string Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Null => "",
        _ => value.GetRawText(),
    };

    private static string[] PropertyNames(ReadOnlySpan<byte> line)
    {
        try
        {
            var reader = new Utf8JsonReader(line);
            using JsonDocument document = JsonDocument.ParseValue(ref reader);
            return document.RootElement.ValueKind == JsonValueKind.Object ? [.. document.RootElement.EnumerateObject().Select(property => property.Name)] : [];
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return [];
        }
    }
}
