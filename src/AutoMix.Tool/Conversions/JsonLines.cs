using System.Text;
using System.Text.Json;

namespace AutoMix.Tool.Conversions;

/// <summary>JSON objects, one a line, out of a file that may be compressed.</summary>
internal static class JsonLines
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <exception cref="FormatException">A line is no JSON object; the message names it.</exception>
    public static IEnumerable<(JsonElement Root, string Place)> Read(string path)
    {
        using Stream file = File.OpenRead(path);
        using Stream plain = IsGzip(file) ? new WholeGzipStream(file) : file;
        using var reader = new StreamReader(plain, Strict);
        for (int number = 1; ; number++)
        {
            string place = $"{path}, line {number}";
            string? line;
            try
            {
                line = reader.ReadLine();
            }
            catch (DecoderFallbackException e)
            {
                throw new FormatException($"{place}: a text is not valid UTF-8. Save the file as UTF-8.", e);
            }
            catch (InvalidDataException e)
            {
                throw new FormatException($"{place}: the gzip data is broken or cut off.", e);
            }

            if (line is null)
            {
                yield break;
            }

            if (!string.IsNullOrWhiteSpace(line))
            {
                yield return (Parse(line, place), place);
            }
        }
    }

    private static JsonElement Parse(string line, string place)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(line);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? document.RootElement.Clone()
                : throw new FormatException($"{place}: not a JSON object. Put one JSON object on each line.");
        }
        catch (JsonException e)
        {
            throw new FormatException($"{place}: not valid JSON ({e.Message}) Put one whole JSON object on each line.", e);
        }
    }

    private static bool IsGzip(Stream file)
    {
        bool gzip = file.ReadByte() == 0x1F && file.ReadByte() == 0x8B;
        file.Position = 0;
        return gzip;
    }
}
