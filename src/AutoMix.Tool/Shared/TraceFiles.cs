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

    /// <summary>Where each of the wanted models stands among the given ones; null where they are not the same models.</summary>
    public static int[]? Order(IReadOnlyList<string> wanted, IReadOnlyList<string> given)
    {
        int[] order = [.. wanted.Select(model => given.ToList().IndexOf(model))];
        return order.Length == given.Count && !order.Contains(-1) ? order : null;
    }

    // All records of a file have the same models, in the same order.
    private static IReadOnlyList<TraceRecord> InOrderOf(IReadOnlyList<string> models, IReadOnlyList<TraceRecord> records) =>
        Order(models, [.. records[0].Answers.Select(answer => answer.Model)]) is { } order
            ? [.. records.Select(record => record with { Answers = [.. order.Select(i => record.Answers[i])] })]
            : records;
}
