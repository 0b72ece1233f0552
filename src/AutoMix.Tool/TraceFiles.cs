namespace AutoMix.Tool;

/// <summary>Trace files as the commands read them: a wide table, whose columns are in no particular order, with its models cheapest first.</summary>
internal static class TraceFiles
{
    public static IReadOnlyList<TraceRecord> Read(string path)
    {
        TraceRecord[] records = [.. TraceReader.Read(path)];
        return TraceReader.IsWide(path) ? InOrderOf(TraceTable.From(records).CheapestFirst().Models, records) : records;
    }

    /// <summary>A file for a policy: with the models in its order. Other models are left for the policy to refuse.</summary>
    public static IReadOnlyList<TraceRecord> Read(string path, ICascadePolicy policy) => InOrderOf(policy.Models, Read(path));

    /// <inheritdoc cref="Read(string, ICascadePolicy)"/>
    public static TraceTable Table(string path, ICascadePolicy policy) => TraceTable.From(Read(path, policy));

    private static IReadOnlyList<TraceRecord> InOrderOf(IReadOnlyList<string> models, IReadOnlyList<TraceRecord> records) =>
        records.All(record => record.Answers.Count == models.Count && models.All(model => record.Answers.Any(answer => answer.Model == model)))
            ? [.. records.Select(record => record with { Answers = [.. models.Select(model => record.Answers.First(answer => answer.Model == model))] })]
            : records;
}
