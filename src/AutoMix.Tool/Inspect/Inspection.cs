using AutoMix.Policies;

namespace AutoMix.Tool.Inspect;

/// <summary>Reads a file of either kind and says what is in it.</summary>
internal static class Inspection
{
    public static InspectReport Run(FileInfo file) => LooksLikePlan(file)
        ? new() { File = file.Name, Plan = Describe(PolicyFile.Load(file.FullName)) }
        : new() { File = file.Name, Traces = Describe(TraceTable.Read(file.FullName)) };

    // A plan is one JSON object with a schema version of its own; no line of a trace file has one.
    private static bool LooksLikePlan(FileInfo file)
    {
        using StreamReader reader = file.OpenText();
        char[] start = new char[4096];
        int read = reader.ReadBlock(start);
        return start.AsSpan(0, read).IndexOf("\"schemaVersion\"") >= 0;
    }

    private static InspectReport.PlanSummary Describe(ICascadePolicy policy)
    {
        var history = new CascadeHistory(policy.Models.Count);
        double[] correctness = new double[policy.Models.Count];
        OperatingPoint? expected = (policy as CascadePlan)?.Expected;
        return new(
            policy.Name,
            policy.Models,
            policy.Needs.ToString(),
            policy.TryGetBelief(history, correctness) ? policy.Models.Zip(correctness).ToDictionary(pair => pair.First, pair => pair.Second) : null,
            policy.Decide(history).ToString(),
            policy is MixturePolicy mixture ? [Part(mixture.First, 1 - mixture.Share), Part(mixture.Second, mixture.Share)] : [],
            expected?.Accuracy,
            expected?.CostPerQuery);
    }

    private static string Part(ICascadePolicy policy, double share) => FormattableString.Invariant($"{policy.Name}: {share:P1} of queries");

    private static InspectReport.TracesSummary Describe(TraceTable table)
    {
        double Mean(Func<int, double> of) => Enumerable.Range(0, table.RowCount).Average(of);
        return new(
            table.RowCount,
            [.. Enumerable.Range(0, table.ModelCount).Select(m => new InspectReport.ModelLine(
                table.Models[m],
                Mean(row => table.Quality(row, m)),
                Mean(row => table.AnswerCost(row, m)),
                Mean(row => table.VerifyCost(row, m)),
                table.Verification(m),
                Mean(row => double.IsNaN(table.Confidence(row, m)) ? 1 : 0),
                Mean(row => table.Seconds(row, m))))]);
    }
}
