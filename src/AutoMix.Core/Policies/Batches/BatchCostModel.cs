namespace AutoMix.Policies;

/// <summary>What answers of each model are expected to be worth, to cost and to take, learned from traces: lines in the length of the prompt, and the recorded deviations from them to sample from.</summary>
public sealed class BatchCostModel
{
    private readonly ContextModel _quality;
    private readonly double[][] _dollars;
    private readonly double[][] _seconds;
    private readonly double[][] _deviations;

    private BatchCostModel(IReadOnlyList<string> models, ContextModel quality, double[][] dollars, double[][] seconds, double[][] deviations)
    {
        Models = models;
        _quality = quality;
        _dollars = dollars;
        _seconds = seconds;
        _deviations = deviations;
    }

    /// <summary>The models' names.</summary>
    public IReadOnlyList<string> Models { get; }

    /// <summary>Learns from traces.</summary>
    /// <param name="table">Traces with labels, costs and durations.</param>
    public static BatchCostModel Fit(TraceTable table)
    {
        ArgumentNullException.ThrowIfNull(table);
        int n = table.ModelCount;
        double[][] dollars = [.. Enumerable.Range(0, n).Select(m => TokenLine.Fit(table, row => table.AnswerCost(row, m)))];
        double[][] seconds = [.. Enumerable.Range(0, n).Select(m => TokenLine.Fit(table, row => table.Seconds(row, m)))];
        double[][] deviations = [.. Enumerable.Range(0, n).Select(m => (double[])[.. Enumerable.Range(0, table.RowCount)
            .Select(row => table.Seconds(row, m) - TokenLine.At(seconds[m], table.InputTokens(row))).Order()])];
        return new BatchCostModel(table.Models, ContextModel.Fit(table), dollars, seconds, deviations);
    }

    /// <summary>Expected quality of a model's answer.</summary>
    public double Quality(BatchRequest request, int model)
    {
        var history = new CascadeHistory(Models.Count) { Embedding = request.Embedding, InputTokens = request.InputTokens };
        Span<double> quality = stackalloc double[CascadeHistory.MaxModels];
        _quality.Predict(history, quality[..Models.Count]);
        return quality[model];
    }

    /// <summary>Expected dollars for a model's answer.</summary>
    public double Dollars(BatchRequest request, int model) => Math.Max(0, TokenLine.At(_dollars[model], request.InputTokens));

    /// <summary>Expected seconds for a model's answer.</summary>
    public double Seconds(BatchRequest request, int model) => Math.Max(0, TokenLine.At(_seconds[model], request.InputTokens));

    /// <summary>Seconds as they may turn out: the expectation and a recorded deviation from it.</summary>
    /// <param name="request">The request.</param>
    /// <param name="model">The model.</param>
    /// <param name="seed">Another seed, another draw.</param>
    public double SampleSeconds(BatchRequest request, int model, ulong seed)
    {
        double[] deviations = _deviations[model];
        double deviation = deviations[(int)(RequestKeys.Uniform(seed, request.Key + (ulong)model) * deviations.Length)];
        return Math.Max(0, TokenLine.At(_seconds[model], request.InputTokens) + deviation);
    }
}
