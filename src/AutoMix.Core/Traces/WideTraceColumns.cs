using System.Globalization;

namespace AutoMix;

/// <summary>
/// The columns of RouterBench's wide table: <c>sample_id</c>, <c>prompt</c>, <c>eval_name</c>, and for each model
/// <c>NAME</c> (its score), <c>NAME|model_response</c> and <c>NAME|total_cost</c>. Others, such as
/// <c>oracle_model_to_route_to</c>, are ignored.
/// </summary>
internal sealed class WideTraceColumns
{
    private const int MostColumns = 1000;
    private const string Id = "sample_id";
    private const string ResponseSuffix = "|model_response";
    private const string CostSuffix = "|total_cost";
    private readonly string _source;
    private readonly int _id;
    private readonly int _prompt;
    private readonly int _dataset;
    private readonly Model[] _models;

    public WideTraceColumns(IReadOnlyList<string> names, string source, long line)
    {
        if (names.Count > MostColumns)
        {
            throw new TraceFormatException(source, line, $"there are {names.Count} columns; at most {MostColumns} are read. Remove those that are not needed.");
        }

        Names = names;
        _source = source;
        var index = new Dictionary<string, int>(StringComparer.Ordinal);
        for (int i = 0; i < names.Count; i++)
        {
            if (!index.TryAdd(names[i], i))
            {
                throw new TraceFormatException(source, line, $"the column '{names[i]}' is there twice. Give every column a name of its own.");
            }
        }

        int Find(string name) => index.GetValueOrDefault(name, -1);
        _id = Find(Id);
        _prompt = Find("prompt");
        _dataset = Find("eval_name");
        _models = [.. names.Where(name => index.ContainsKey(name + CostSuffix) || index.ContainsKey(name + ResponseSuffix))
            .Select(name => new Model(name, Find(name), Find(name + ResponseSuffix), Find(name + CostSuffix)))];
        if (_models.Length is 0 or > ModelList.Most)
        {
            throw new TraceFormatException(
                source, line, $"{_models.Length} models have the columns NAME and NAME{CostSuffix}. Give those of 1 to {ModelList.Most} models.");
        }

        if (_id < 0 || _models.FirstOrDefault(model => model.Cost < 0) is not null)
        {
            string missing = _id < 0 ? Id : _models.First(model => model.Cost < 0).Name + CostSuffix;
            throw new TraceFormatException(source, line, $"the column '{missing}' is missing. Add it.");
        }
    }

    /// <summary>The names in the order of the fields.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Whether these names are those of a wide table.</summary>
    public static bool Match(IEnumerable<string> names) => names.Contains(Id, StringComparer.Ordinal);

    /// <summary>One row's fields as a record.</summary>
    public TraceRecord Record(IReadOnlyList<string> fields, long line)
    {
        if (fields.Count != Names.Count)
        {
            throw new TraceFormatException(_source, line, $"the row has {fields.Count} fields, the header {Names.Count}. Quote fields that hold commas, quotes or line breaks.");
        }

        return new TraceRecord
        {
            Id = fields[_id].Length > 0 ? fields[_id] : throw new TraceFormatException(_source, line, $"'{Id}' is empty. Give every row an id of its own."),
            Prompt = _prompt >= 0 ? fields[_prompt] : "",
            Dataset = _dataset >= 0 ? fields[_dataset] : "",
            Answers = [.. _models.Select(model => new TraceAnswer
            {
                Model = model.Name,
                Answer = model.Response >= 0 ? fields[model.Response] : "",
                Quality = Quality(fields[model.Quality], model.Name, line),
                AnswerCost = Cost(fields[model.Cost], model.Name + CostSuffix, line),
            })],
        };
    }

    private double Quality(string field, string name, long line) =>
        bool.TryParse(field, out bool correct) ? (correct ? 1 : 0)
        : Number(field) is { } quality and >= 0 and <= 1 ? quality
        : throw new TraceFormatException(_source, line, $"'{name}' is '{Shorten(field)}'. Give the score of the answer: a number in [0, 1], True or False.");

    private double Cost(string field, string name, long line) => Number(field) is { } cost and >= 0
        ? cost
        : throw new TraceFormatException(_source, line, $"'{name}' is '{Shorten(field)}'. Give dollars: a finite number, 0 or more.");

    private static double? Number(string field) =>
        double.TryParse(field, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number) ? number : null;

    private static string Shorten(string field) => field.Length <= 40 ? field : field[..40] + "...";

    private sealed record Model(string Name, int Quality, int Response, int Cost);
}
