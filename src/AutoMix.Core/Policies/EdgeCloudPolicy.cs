namespace AutoMix.Policies;

/// <summary>
/// Edge or cloud (Kim et al., 2025): each model's cost and latency are predicted from the length of the prompt, the way to
/// it over the network is added, and the query goes where quality less weighted cost and latency is highest.
/// </summary>
internal sealed class EdgeCloudPolicy : FittedPolicy
{
    private readonly ContextModel _quality;
    private readonly double[] _dollars;
    private readonly double[] _seconds;
    private readonly double[] _network;
    private readonly CascadeObjective _objective;

    /// <param name="models">Names of all models.</param>
    /// <param name="quality">Predicts qualities.</param>
    /// <param name="dollars">Intercept and slope per token of the prompt, model after model.</param>
    /// <param name="seconds">The same for seconds.</param>
    /// <param name="network">Seconds to and from each model; 0 on the edge.</param>
    /// <param name="objective">What to maximise.</param>
    public EdgeCloudPolicy(IReadOnlyList<string> models, ContextModel quality, double[] dollars, double[] seconds, double[] network, CascadeObjective objective)
        : base("edge-cloud", models)
    {
        objective.Check(nameof(objective));
        quality.Check(models.Count);
        Expect(dollars.Length == 2 * models.Count && seconds.Length == 2 * models.Count && network.Length == models.Count && network.All(s => s >= 0), "seconds");
        _quality = quality;
        _dollars = dollars;
        _seconds = seconds;
        _network = network;
        _objective = objective;
    }

    public override PolicyNeeds Needs => _quality.Features.Components.Count > 0 ? PolicyNeeds.Embeddings : PolicyNeeds.None;

    public static TrainedFamily Train(TraceTable table) => FamilyTraining.PerObjective(table, Fit);

    public static IReadOnlyList<ICascadePolicy> Fit(TraceTable table, IReadOnlyList<CascadeObjective> objectives)
    {
        ContextModel quality = ContextModel.Fit(table);
        double[] dollars = [.. Enumerable.Range(0, table.ModelCount).SelectMany(m => TokenLine.Fit(table, row => table.AnswerCost(row, m)))];
        double[] seconds = [.. Enumerable.Range(0, table.ModelCount).SelectMany(m => TokenLine.Fit(table, row => table.Seconds(row, m)))];
        return [.. objectives.Select(objective => new EdgeCloudPolicy(table.Models, quality, dollars, seconds, new double[table.ModelCount], objective))];
    }

    /// <summary>The same policy where the way to each model takes so long.</summary>
    public EdgeCloudPolicy Over(double[] network) => new(Models, _quality, _dollars, _seconds, network, _objective);

    public EdgeCloudPolicy Clipped(TraceTable table, double share) => new(Models, _quality.Clipped(table, share), _dollars, _seconds, _network, _objective);

    public override PolicyDocument ToDocument() => new EdgeCloudDocument
    {
        Name = Name,
        Models = [.. Models],
        Quality = _quality,
        Dollars = _dollars,
        Seconds = _seconds,
        Network = _network,
        Objective = _objective,
    };

    protected override CascadeAction Choose(CascadeHistory history)
    {
        if (Dearest(history) is >= 0 and var answered)
        {
            return CascadeAction.Accept(answered);
        }

        Span<double> quality = stackalloc double[CascadeHistory.MaxModels];
        quality = quality[..ModelCount];
        _quality.Predict(history, quality);
        int best = 0;
        double highest = double.NegativeInfinity;
        for (int m = 0; m < ModelCount; m++)
        {
            double dollars = Math.Max(0, _dollars[2 * m] + (_dollars[(2 * m) + 1] * history.InputTokens));
            double seconds = Math.Max(0, _seconds[2 * m] + (_seconds[(2 * m) + 1] * history.InputTokens)) + _network[m];
            double value = quality[m] - _objective.Price(new CascadeCost(dollars, history.InputTokens, seconds));
            if (value > highest && !history.IsExcluded(m))
            {
                highest = value;
                best = m;
            }
        }

        return CascadeAction.Call(best, final: true);
    }

    internal sealed record EdgeCloudDocument : PolicyDocument
    {
        public required ContextModel Quality { get; init; }

        public required double[] Dollars { get; init; }

        public required double[] Seconds { get; init; }

        public required double[] Network { get; init; }

        public required CascadeObjective Objective { get; init; }

        public override ICascadePolicy ToPolicy() => new EdgeCloudPolicy(Models, Quality, Dollars, Seconds, Network, Objective);
    }
}
