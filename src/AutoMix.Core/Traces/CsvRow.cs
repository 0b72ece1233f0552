using System.Text;

namespace AutoMix;

/// <summary>Rows of a comma-separated file (RFC 4180) out of its lines: a quoted field may hold commas, doubled quotes and line breaks.</summary>
internal static class CsvRow
{
    private const long MostCharacters = 64 << 20;
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The fields of the row that begins with <paramref name="first"/>; takes further lines while a quoted field is open.</summary>
    public static List<string> Read(ReadOnlySpan<byte> first, TraceLineReader lines, string source)
    {
        long start = lines.Line;
        var fields = new List<string>();
        var field = new StringBuilder();
        bool quoted = false;
        string text = Decode(first, source, start);
        long length = 0;
        while (true)
        {
            length += text.Length;
            if (length > MostCharacters)
            {
                throw new TraceFormatException(source, start, $"the row is longer than {MostCharacters} characters. Is a quote missing at the end of a field?");
            }

            for (int i = 0; i < text.Length; i++)
            {
                char c = text[i];
                if (quoted && c == '"' && i + 1 < text.Length && text[i + 1] == '"')
                {
                    field.Append('"');
                    i++;
                }
                else if (quoted)
                {
                    quoted = c != '"';
                    _ = quoted ? field.Append(c) : field;
                }
                else if (c == '"' && field.Length == 0)
                {
                    quoted = true;
                }
                else if (c == ',')
                {
                    fields.Add(field.ToString());
                    field.Clear();
                }
                else
                {
                    field.Append(c);
                }
            }

            if (!quoted)
            {
                fields.Add(field.ToString());
                return fields;
            }

            if (!lines.TryRead(out ReadOnlyMemory<byte> next))
            {
                throw new TraceFormatException(source, start, "a quoted field is never closed. End it with a quote.");
            }

            field.Append('\n');
            text = Decode(next.Span, source, lines.Line);
        }
    }

    private static string Decode(ReadOnlySpan<byte> line, string source, long number)
    {
        try
        {
            return Strict.GetString(line);
        }
        catch (DecoderFallbackException e)
        {
            throw new TraceFormatException(source, number, "a text is not valid UTF-8. Save the file as UTF-8.", e);
        }
    }
}
