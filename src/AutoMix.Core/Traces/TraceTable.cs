namespace AutoMix;

/// <summary>
/// Recorded traces as columns of numbers: what estimation and evaluation read. Row-major; row <c>r</c> and model <c>m</c>
/// stand at <c>r * ModelCount + m</c>.
/// </summary>
/// <remarks>Immutable once built; safe for concurrent use.</remarks>
public sealed class TraceTable
{
    private readonly string[] _models;
    private readonly double[] _quality;
    private readonly double[] _confidence;
    private readonly double[] _answerCost;
    private readonly double[] _verifyCost;
    private readonly double[] _seconds;
    private readonly double[] _tokens;
    private readonly byte[] _sameAs;
    private readonly ulong[] _keys;
    private readonly string[] _ids;
    private readonly string[] _prompts;
    private readonly double[] _inputTokens;
    private readonly ulong[] _answerKeys;
    private ReadOnlyMemory<float>[] _embeddings = [];
    private VerificationKind[] _verification = [];

    private TraceTable(string[] models, int rows)
    {
        if (rows == 0 || models.Length == 0)
        {
            throw new ArgumentException("A table has at least one row and one model.");
        }

        _models = models;
        int cells = rows * models.Length;
        _quality = new double[cells];
        _confidence = new double[cells];
        _answerCost = new double[cells];
        _verifyCost = new double[cells];
        _seconds = new double[cells];
        _tokens = new double[cells];
        _sameAs = new byte[cells];
        _keys = new ulong[rows];
        _ids = new string[rows];
        _prompts = new string[rows];
        _inputTokens = new double[rows];
        _answerKeys = new ulong[cells];
    }

    /// <summary>The models' names, in the order of the cascade.</summary>
    public IReadOnlyList<string> Models => _models;

    /// <summary>Number of models.</summary>
    public int ModelCount => _models.Length;

    /// <summary>Number of rows (queries).</summary>
    public int RowCount => _keys.Length;

    /// <summary>Builds the table from records of one chain of models.</summary>
    /// <param name="records">At least one record, all with the same models in the same order.</param>
    /// <param name="agree">When two answers count as the same; <see cref="AnswerText.Agree"/> where null.</param>
    /// <exception cref="ArgumentException">There is no record, or the models differ.</exception>
    public static TraceTable From(IEnumerable<TraceRecord> records, Func<string, string, bool>? agree = null)
    {
        ArgumentNullException.ThrowIfNull(records);
        List<TraceRecord> list = [.. records];
        if (list.Count == 0)
        {
            throw new ArgumentException("There is no record. Give at least one.", nameof(records));
        }

        var table = new TraceTable([.. list[0].Answers.Select(answer => answer.Model)], list.Count);
        for (int row = 0; row < list.Count; row++)
        {
            table.Fill(row, list[row], agree);
        }

        table._verification = [.. Enumerable.Range(0, table.ModelCount).Select(table.FindVerification)];
        return table;
    }

    /// <summary>Reads a trace file into a table; the models of a wide table cheapest first, since their columns stand in no order.</summary>
    /// <param name="path">Path of a .jsonl, .jsonl.gz or .csv file; see <see cref="TraceReader"/>.</param>
    public static TraceTable Read(string path)
    {
        TraceTable table = From(TraceReader.Read(path));
        return TraceReader.IsWide(path) ? table.CheapestFirst() : table;
    }

    /// <summary>The id of a row's record.</summary>
    public string Id(int row) => _ids[row];

    /// <summary>The request key of a row: <see cref="RequestKeys.FromText"/> of its id.</summary>
    public ulong Key(int row) => _keys[row];

    /// <summary>Quality of the model's answer, in [0, 1].</summary>
    public double Quality(int row, int model) => _quality[(row * ModelCount) + model];

    /// <summary>Confidence in the model's answer, in [0, 1]; NaN where unknown.</summary>
    public double Confidence(int row, int model) => _confidence[(row * ModelCount) + model];

    /// <summary>Dollars for the answer.</summary>
    public double AnswerCost(int row, int model) => _answerCost[(row * ModelCount) + model];

    /// <summary>Dollars for its verification.</summary>
    public double VerifyCost(int row, int model) => _verifyCost[(row * ModelCount) + model];

    /// <summary>Seconds for the answer.</summary>
    public double Seconds(int row, int model) => _seconds[(row * ModelCount) + model];

    /// <summary>Tokens of prompt and answer.</summary>
    public double Tokens(int row, int model) => _tokens[(row * ModelCount) + model];

    /// <summary>The first model whose answer is the same as this model's; the model itself where there is none before it.</summary>
    public int SameAs(int row, int model) => _sameAs[(row * ModelCount) + model];

    /// <summary>How answers of <paramref name="model"/> came by their confidences in these traces.</summary>
    public VerificationKind Verification(int model) => _verification[model];

    /// <summary>The user prompt of a row; empty where it was not recorded.</summary>
    public string Prompt(int row) => _prompts[row];

    /// <summary>Tokens of a row's prompt, as the first model counts them; 0 where not recorded.</summary>
    public double InputTokens(int row) => _inputTokens[row];

    /// <summary>The key of the model's answer; 0 for an empty answer.</summary>
    public ulong AnswerKey(int row, int model) => _answerKeys[(row * ModelCount) + model];

    /// <summary>Whether every row has an embedding.</summary>
    public bool HasEmbeddings => _embeddings.Length > 0;

    /// <summary>The embedding of a row's query; empty where <see cref="HasEmbeddings"/> is false.</summary>
    public ReadOnlyMemory<float> Embedding(int row) => HasEmbeddings ? _embeddings[row] : default;

    /// <summary>The same traces with an embedding of each prompt.</summary>
    /// <param name="embed">From a prompt to its embedding, always of the same length, at least 1.</param>
    /// <exception cref="ArgumentException">An embedding is empty, or of another length than the first.</exception>
    public TraceTable WithEmbeddings(Func<string, ReadOnlyMemory<float>> embed)
    {
        ArgumentNullException.ThrowIfNull(embed);
        var table = new TraceTable(this, [.. Enumerable.Range(0, RowCount)], [.. Enumerable.Range(0, ModelCount)]);
        table._embeddings = [.. _prompts.Select(embed)];
        int length = table._embeddings[0].Length;
        return length > 0 && table._embeddings.All(e => e.Length == length)
            ? table
            : throw new ArgumentException("Every embedding has the same length, at least 1.", nameof(embed));
    }

    /// <summary>A table with only some of the models, in the order given.</summary>
    /// <param name="models">Indices of the models to keep, without repetition.</param>
    public TraceTable SelectModels(params ReadOnlySpan<int> models) => new(this, [.. Enumerable.Range(0, RowCount)], models);

    /// <summary>The same table with the models in the order of what their answers cost on average: the order of a cascade.</summary>
    public TraceTable CheapestFirst() => SelectModels([.. Enumerable.Range(0, ModelCount).OrderBy(m => Enumerable.Range(0, RowCount).Sum(row => AnswerCost(row, m)))]);

    /// <summary>A table with only some of the rows, in the order given (repetition allowed, as a bootstrap needs).</summary>
    /// <param name="rows">Indices of the rows to keep; at least one.</param>
    public TraceTable SelectRows(ReadOnlySpan<int> rows) => new(this, rows, [.. Enumerable.Range(0, ModelCount)]);

    private TraceTable(TraceTable source, ReadOnlySpan<int> rows, ReadOnlySpan<int> models)
        : this([.. models.ToArray().Select(m => source._models[m])], rows.Length)
    {
        _verification = [.. models.ToArray().Select(source.Verification)];
        _embeddings = source.HasEmbeddings ? new ReadOnlyMemory<float>[rows.Length] : [];
        for (int r = 0; r < rows.Length; r++)
        {
            _keys[r] = source._keys[rows[r]];
            _ids[r] = source._ids[rows[r]];
            _prompts[r] = source._prompts[rows[r]];
            _inputTokens[r] = source._inputTokens[rows[r]];
            if (source.HasEmbeddings)
            {
                _embeddings[r] = source._embeddings[rows[r]];
            }

            for (int i = 0; i < models.Length; i++)
            {
                int from = (rows[r] * source.ModelCount) + models[i];
                int to = (r * models.Length) + i;
                _quality[to] = source._quality[from];
                _confidence[to] = source._confidence[from];
                _answerCost[to] = source._answerCost[from];
                _verifyCost[to] = source._verifyCost[from];
                _seconds[to] = source._seconds[from];
                _tokens[to] = source._tokens[from];
                _answerKeys[to] = source._answerKeys[from];
                _sameAs[to] = (byte)i;
                for (int k = 0; k < i; k++)
                {
                    if (source.SameAs(rows[r], models[k]) == source.SameAs(rows[r], models[i]))
                    {
                        _sameAs[to] = (byte)k;
                        break;
                    }
                }
            }
        }
    }

    private VerificationKind FindVerification(int model)
    {
        bool observed = false;
        for (int row = 0; row < RowCount; row++)
        {
            if (VerifyCost(row, model) > 0)
            {
                return VerificationKind.Paid;
            }

            observed |= !double.IsNaN(Confidence(row, model));
        }

        return observed ? VerificationKind.Free : VerificationKind.None;
    }

    private void Fill(int row, TraceRecord record, Func<string, string, bool>? agree)
    {
        if (!record.Answers.Select(answer => answer.Model).SequenceEqual(_models))
        {
            throw new ArgumentException(
                $"Record '{record.Id}' has the models [{string.Join(", ", record.Answers.Select(a => a.Model))}], the first record [{string.Join(", ", _models)}]. All records must list the same models in the same order.");
        }

        _ids[row] = record.Id;
        _keys[row] = RequestKeys.FromText(record.Id);
        _prompts[row] = record.Prompt;
        _inputTokens[row] = record.Answers[0].InputTokens;
        string?[] folded = new string?[ModelCount];
        for (int model = 0; model < ModelCount; model++)
        {
            TraceAnswer answer = record.Answers[model];
            int cell = (row * ModelCount) + model;
            _quality[cell] = answer.Quality;
            _confidence[cell] = answer.Confidence ?? double.NaN;
            _answerCost[cell] = answer.AnswerCost;
            _verifyCost[cell] = answer.VerifyCost;
            _seconds[cell] = answer.Seconds;
            _tokens[cell] = answer.InputTokens + answer.OutputTokens;
            folded[model] = string.IsNullOrWhiteSpace(answer.Answer) ? null : AnswerText.Normalize(answer.Answer);
            _answerKeys[cell] = folded[model] is { } text ? RequestKeys.FromText(text) : 0;
            _sameAs[cell] = (byte)model;
            for (int earlier = 0; earlier < model; earlier++)
            {
                bool same = agree is null
                    ? folded[model] is not null && string.Equals(folded[model], folded[earlier], StringComparison.Ordinal)
                    : agree(record.Answers[earlier].Answer, answer.Answer);
                if (same)
                {
                    _sameAs[cell] = _sameAs[(row * ModelCount) + earlier];
                    break;
                }
            }
        }
    }
}
