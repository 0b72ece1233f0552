using System.Globalization;
using System.Text.Json;
using nietras.SeparatedValues;

namespace AutoMix.Tool.Conversions;

/// <summary>
/// The table of the AutoMix paper's code, as CSV or JSON lines: a score in [0, 1] for a small and a large model and the share of verifications
/// that said correct. Costs are in the paper's units, where the small model costs 1.
/// </summary>
internal sealed record ReferenceTable
{
    private const string ScoreEnding = "_f1";
    private const string AnswerEnding = "_pred_ans";

    /// <summary>The column with the small model's score.</summary>
    public required string SmallColumn { get; init; }

    /// <summary>The column with the large model's score.</summary>
    public required string LargeColumn { get; init; }

    /// <summary>The column with the verifier's confidence in the small model's answer.</summary>
    public required string VerifierColumn { get; init; }

    public required double SmallCost { get; init; }

    public required double LargeCost { get; init; }

    public required double VerifierCost { get; init; }

    /// <exception cref="FormatException">A column is missing or holds no share.</exception>
    public IEnumerable<TraceRecord> Read(string path)
    {
        var ids = new HashSet<string>(StringComparer.Ordinal);
        foreach ((Func<string, string?> field, string place) in Path.GetExtension(path).Equals(".csv", StringComparison.OrdinalIgnoreCase) ? Csv(path) : Json(path))
        {
            string id = field("id") is { Length: > 0 } given && ids.Add(given) ? given : Unused(ids);
            yield return new TraceRecord
            {
                Id = id,
                Dataset = field("dataset") ?? "",
                Split = field("split") ?? "",
                Prompt = field("question") ?? "",
                Answers =
                [
                    new TraceAnswer
                    {
                        Model = ModelOf(SmallColumn),
                        Answer = field(ModelOf(SmallColumn) + AnswerEnding) ?? "",
                        Quality = Share(field, SmallColumn, place) ?? throw Missing(SmallColumn, place),
                        Confidence = Share(field, VerifierColumn, place),
                        AnswerCost = SmallCost,
                        VerifyCost = VerifierCost,
                    },
                    new TraceAnswer
                    {
                        Model = ModelOf(LargeColumn),
                        Answer = field(ModelOf(LargeColumn) + AnswerEnding) ?? "",
                        Quality = Share(field, LargeColumn, place) ?? throw Missing(LargeColumn, place),
                        AnswerCost = LargeCost,
                    },
                ],
            };
        }
    }

    private static string Unused(HashSet<string> ids)
    {
        int number = ids.Count;
        string id;
        do
        {
            id = $"row-{number++}";
        }
        while (!ids.Add(id));
        return id;
    }

    private static string ModelOf(string column) => column.EndsWith(ScoreEnding, StringComparison.Ordinal) ? column[..^ScoreEnding.Length] : column;

    private static double? Share(Func<string, string?> field, string column, string place) => field(column) switch
    {
        null => throw Missing(column, place),
        "" => null,
        var text => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && value is >= 0 and <= 1
            ? value
            : throw new FormatException($"{place}: '{column}' is '{text}'. Give a number in [0, 1]."),
    };

    private static FormatException Missing(string column, string place) =>
        new($"{place}: there is no '{column}'. Name the columns with --slm-column, --llm-column and --verifier-column.");

    private static IEnumerable<(Func<string, string?> Field, string Place)> Json(string path) => JsonLines.Read(path)
        .Select(line => ((Func<string, string?>)(name => line.Root.TryGetProperty(name, out JsonElement value)
            ? value.ValueKind switch
            {
                JsonValueKind.Null => "",
                JsonValueKind.String => value.GetString(),
                JsonValueKind.True => "1",
                JsonValueKind.False => "0",
                _ => value.GetRawText(),
            }
            : null), line.Place));

    private static List<(Func<string, string?> Field, string Place)> Csv(string path)
    {
        using SepReader reader = Sep.New(',').Reader(options => options with { Unescape = true }).FromFile(path);
        var rows = new List<(Func<string, string?>, string)>();
        foreach (SepReader.Row row in reader)
        {
            var fields = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (string name in reader.Header.ColNames)
            {
                fields[name] = row[name].ToString();
            }

            rows.Add((name => fields.GetValueOrDefault(name), $"{path}, row {row.RowIndex}"));
        }

        return rows;
    }
}
