namespace AutoMix.Policies;

/// <summary>
/// Edge or cloud (Kim et al., 2025): each model's cost and latency are predicted from the length of the prompt, the way to
/// it over the network is added, and the query goes to the model of highest quality less weighted cost and latency.
/// </summary>
/// <param name="Models">The names of all models.</param>
/// <param name="Quality">Predicts qualities.</param>
/// <param name="Dollars">Intercept and slope per token of the prompt, model after model.</param>
/// <param name="Seconds">The same for seconds.</param>
/// <param name="Network">Seconds to and from each model; 0 on the edge.</param>
/// <param name="Objective">The value to maximise.</param>
internal sealed record EdgeCloudPolicy(
    IReadOnlyList<string> Models, ContextModel Quality, double[] Dollars, double[] Seconds, double[] Network, CascadeObjective Objective)
    : RouterPolicy("edge-cloud", Models)
{
    public override PolicyNeeds Needs => Quality.Features.Components.Count > 0 ? PolicyNeeds.Embeddings : PolicyNeeds.None;

    public static IReadOnlyList<ICascadePolicy> Fit(TraceTable table, IReadOnlyList<CascadeObjective> objectives)
    {
        ContextModel quality = ContextModel.Fit(table);
        double[] dollars = [.. Enumerable.Range(0, table.ModelCount).SelectMany(m => TokenLine.Fit(table, row => table.AnswerCost(row, m)))];
        double[] seconds = [.. Enumerable.Range(0, table.ModelCount).SelectMany(m => TokenLine.Fit(table, row => table.Seconds(row, m)))];
        return [.. objectives.Select(objective => new EdgeCloudPolicy(table.Models, quality, dollars, seconds, new double[table.ModelCount], objective))];
    }

    protected override void Prepare()
    {
        Objective.Check("objective");
        Quality.Check(ModelCount);
        Expect(Dollars.Length == 2 * ModelCount && Seconds.Length == 2 * ModelCount && Network.Length == ModelCount && Network.All(s => s >= 0), "seconds");
    }

    protected override int Pick(CascadeHistory history)
    {
        Span<double> value = stackalloc double[CascadeHistory.MaxModels];
        value = value[..ModelCount];
        Quality.Predict(history, value);
        for (int m = 0; m < ModelCount; m++)
        {
            double dollars = Math.Max(0, TokenLine.At(Dollars.AsSpan(2 * m, 2), history.InputTokens));
            double seconds = Math.Max(0, TokenLine.At(Seconds.AsSpan(2 * m, 2), history.InputTokens)) + Network[m];
            value[m] -= Objective.Price(new CascadeCost(dollars, history.InputTokens, seconds));
        }

        return Best(history, value);
    }
}
