using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using nietras.SeparatedValues;
using Parquet.Serialization;

namespace AutoMix.Tool.Collect;

/// <summary>Reads questions from JSON lines, CSV or Parquet, by the file's ending.</summary>
/// <remarks>
/// Columns or properties: <c>prompt</c> (or <c>question</c>), <c>reference</c> (a text, or in JSON an array of texts each of which counts as
/// correct), and optionally <c>id</c>, <c>system</c>, <c>dataset</c>, <c>split</c>. Without an id the number of the row is one.
/// </remarks>
internal static class QuestionFile
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <exception cref="IOException">There is no such file.</exception>
    /// <exception cref="FormatException">A row is no question; the message names file and row.</exception>
    public static async Task<IReadOnlyList<Question>> ReadAsync(string path, CancellationToken cancellationToken)
    {
        if (!File.Exists(path))
        {
            throw new FileNotFoundException($"There is no question file '{path}'.");
        }

        var questions = new List<Question>();
        var ids = new HashSet<string>(StringComparer.Ordinal);
        try
        {
            IAsyncEnumerable<Row> rows = Path.GetExtension(path).ToUpperInvariant() switch
            {
                ".CSV" => ReadCsv(path).ToAsyncEnumerable(),
                ".PARQUET" => ReadParquetAsync(path, cancellationToken),
                _ => ReadJsonLines(path).ToAsyncEnumerable(),
            };
            await foreach (Row row in rows.ConfigureAwait(false))
            {
                Question question = ToQuestion(row, path);
                if (!ids.Add(question.Id))
                {
                    throw new FormatException($"{path}, row {row.Number}: the id '{question.Id}' has been used before. Give every question an id of its own.");
                }

                questions.Add(question);
            }
        }
        catch (DecoderFallbackException e)
        {
            throw new FormatException($"{path}: a text is not valid UTF-8. Save the file as UTF-8.", e);
        }

        return questions.Count > 0 ? questions : throw new FormatException($"{path} holds no question.");
    }

    private static Question ToQuestion(Row row, string path)
    {
        string prompt = row.Text("prompt") is { Length: > 0 } given ? given : row.Text("question");
        return prompt.Length == 0
            ? throw new FormatException($"{path}, row {row.Number}: there is no 'prompt'. Give each question a prompt that is not empty.")
            : new Question(
                row.Text("id") is { Length: > 0 } id ? id : row.Number.ToString(CultureInfo.InvariantCulture),
                row.Text("system"),
                prompt,
                row.References,
                row.Text("dataset"),
                row.Text("split"));
    }

    private static IEnumerable<Row> ReadJsonLines(string path)
    {
        int number = 0;
        foreach (string line in File.ReadLines(path, Strict))
        {
            number++;
            if (string.IsNullOrWhiteSpace(line))
            {
                continue;
            }

            JsonElement root;
            try
            {
                using JsonDocument document = JsonDocument.Parse(line);
                root = document.RootElement.Clone();
            }
            catch (JsonException e)
            {
                throw new FormatException($"{path}, row {number}: not valid JSON ({e.Message}) Put one JSON object on each line.", e);
            }

            if (root.ValueKind != JsonValueKind.Object)
            {
                throw new FormatException($"{path}, row {number}: not a JSON object. Put one JSON object on each line.");
            }

            yield return new Row(number, name => root.TryGetProperty(name, out JsonElement value) ? Text(value) : "", ReferencesOf(root));
        }
    }

    private static IReadOnlyList<string> ReferencesOf(JsonElement root) => root.TryGetProperty("reference", out JsonElement reference)
        ? reference.ValueKind switch
        {
            JsonValueKind.Array => [.. reference.EnumerateArray().Select(Text)],
            JsonValueKind.Null => [],
            _ => [Text(reference)],
        }
        : [];

    private static string Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Null => "",
        _ => value.GetRawText(),
    };

    private static List<Row> ReadCsv(string path)
    {
        using var text = new StreamReader(path, Strict);
        using SepReader reader = Sep.New(',').Reader(options => options with { Unescape = true }).From(text);
        var rows = new List<Row>();
        foreach (SepReader.Row row in reader)
        {
            var fields = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
            foreach (string name in reader.Header.ColNames)
            {
                fields[name] = row[name].ToString();
            }

            rows.Add(OfColumns(row.RowIndex, fields));
        }

        return rows;
    }

    private static async IAsyncEnumerable<Row> ReadParquetAsync(string path, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using FileStream file = File.OpenRead(path);
        IList<Dictionary<string, object>> rows = (await ParquetSerializer.DeserializeUntypedAsync(file, cancellationToken: cancellationToken).ConfigureAwait(false)).Data;
        int number = 0;
        foreach (Dictionary<string, object> row in rows)
        {
            number++;
            yield return new Row(
                number,
                name => row.TryGetValue(name, out object? value) ? Convert.ToString(value, CultureInfo.InvariantCulture) ?? "" : "",
                row.TryGetValue("reference", out object? reference) ? ReferencesOf(reference) : []);
        }
    }

    private static IReadOnlyList<string> ReferencesOf(object? reference) => reference switch
    {
        null => [],
        string text => [text],
        System.Collections.IEnumerable several => [.. several.Cast<object?>().Select(one => Convert.ToString(one, CultureInfo.InvariantCulture) ?? "")],
        _ => [Convert.ToString(reference, CultureInfo.InvariantCulture)!],
    };

    private static Row OfColumns(int number, Dictionary<string, string> fields) =>
        new(number, name => fields.GetValueOrDefault(name, ""), fields.TryGetValue("reference", out string? reference) && reference.Length > 0 ? [reference] : []);

    private sealed record Row(int Number, Func<string, string> Text, IReadOnlyList<string> References);
}
