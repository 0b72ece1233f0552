using System.Diagnostics.CodeAnalysis;

namespace AutoMix.Replay;

/// <summary>All recorded answers of some trace files, by record and model, with the prices that their costs follow from.</summary>
public sealed class RecordedAnswers
{
    private readonly Dictionary<(string Record, string Model), RecordedAnswer> _answers = [];
    private readonly HashSet<string> _records = [];
    private readonly Dictionary<string, TokenPrice> _prices;

    /// <summary>Indexes records, works out every model's price, and turns costs of verification into token counts.</summary>
    /// <exception cref="FormatException">
    /// An answer is recorded twice, or a model's costs follow from no price per token, so that usage could not add up to them.
    /// </exception>
    public RecordedAnswers(IEnumerable<TraceRecord> records)
    {
        ArgumentNullException.ThrowIfNull(records);
        TraceRecord[] all = [.. records];
        Models = [.. all.SelectMany(record => record.Answers).Select(answer => answer.Model).Distinct()];
        _prices = Models.ToDictionary(
            model => model,
            model => TokenPrice.FromCosts(model, all.SelectMany(record => record.Answers).Where(answer => answer.Model == model)));
        foreach (TraceRecord record in all)
        {
            _records.Add(record.Id);
            foreach (TraceAnswer answer in record.Answers)
            {
                var recorded = new RecordedAnswer(record, answer, _prices[answer.Model].TokensOfVerification(record, answer));
                if (!_answers.TryAdd((record.Id, answer.Model), recorded))
                {
                    throw new FormatException($"The answer of '{answer.Model}' to record '{record.Id}' is recorded twice. Give each record to the replay once.");
                }
            }
        }
    }

    /// <summary>Reads trace files. Files of different models may share record ids.</summary>
    /// <exception cref="FileNotFoundException">A file is missing.</exception>
    /// <exception cref="FormatException">A file is broken; the message names the file and the line.</exception>
    public static RecordedAnswers Load(params IEnumerable<string> paths) => new(paths.SelectMany(TraceReader.Read));

    /// <summary>The names of the models, in the order of the files.</summary>
    public IReadOnlyList<string> Models { get; }

    /// <summary>Number of recorded answers.</summary>
    public int Count => _answers.Count;

    /// <summary>The price of a model's tokens.</summary>
    public TokenPrice PriceOf(string model) => _prices[model];

    internal bool HasModel(string model) => _prices.ContainsKey(model);

    internal bool HasRecord(string record) => _records.Contains(record);

    internal bool TryFind(string record, string model, [NotNullWhen(true)] out RecordedAnswer? answer) =>
        _answers.TryGetValue((record, model), out answer);
}
