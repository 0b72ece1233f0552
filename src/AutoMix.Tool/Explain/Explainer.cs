using AutoMix.Evaluation;
using AutoMix.Policies;

namespace AutoMix.Tool.Explain;

/// <summary>Replays one query and writes down what the policy saw and weighed.</summary>
internal static class Explainer
{
    public static Explanation Run(ICascadePolicy policy, TraceTable table, string id)
    {
        int row = Enumerable.Range(0, table.RowCount).FirstOrDefault(r => table.Id(r) == id, -1);
        if (row < 0)
        {
            throw new ArgumentException($"There is no record '{id}' in these traces; the first one is '{table.Id(0)}'.");
        }

        ICascadePolicy deciding = policy;
        string? coin = null;
        if (policy is MixturePolicy mixture)
        {
            deciding = mixture.Chosen(table.Key(row));
            bool second = ReferenceEquals(deciding, mixture.Second);
            coin = FormattableString.Invariant($"'{deciding.Name}', the {(second ? "second" : "first")} of the two policies, which decides {(second ? mixture.Share : 1 - mixture.Share):P1} of all queries");
        }

        var history = new CascadeHistory(table.ModelCount);
        var steps = new List<Explanation.Step>();
        CascadeOutcome outcome = CascadeReplay.Run(deciding, table, row, history, action =>
            steps.Add(new(Describe(action, table), Belief(deciding, history, table), Values(deciding, history, table), Observation(action, table, row))));
        return new()
        {
            Id = id,
            Prompt = table.Prompt(row),
            Policy = policy.Name,
            Coin = coin,
            Steps = steps,
            Answer = outcome.Model < 0 ? null : table.Models[outcome.Model],
            Quality = outcome.Quality,
            Dollars = outcome.Cost.Dollars,
        };
    }

    private static string Describe(CascadeAction action, TraceTable table) => action.Kind switch
    {
        CascadeActionKind.Abstain => "abstain",
        CascadeActionKind.Call => $"call {table.Models[action.Model]}{(action.IsFinal ? " (final)" : "")}",
        _ => $"{action.Kind.ToString().ToLowerInvariant()} {table.Models[action.Model]}",
    };

    private static Dictionary<string, double>? Belief(ICascadePolicy policy, CascadeHistory history, TraceTable table)
    {
        double[] correctness = new double[table.ModelCount];
        return policy.TryGetBelief(history, correctness) ? table.Models.Zip(correctness).ToDictionary(pair => pair.First, pair => pair.Second) : null;
    }

    private static Dictionary<string, double> Values(ICascadePolicy policy, CascadeHistory history, TraceTable table) =>
        policy is CascadePlan plan ? plan.Values(history).ToDictionary(value => Describe(value.Action, table), value => value.Value) : [];

    private static string? Observation(CascadeAction action, TraceTable table, int row)
    {
        int m = action.Model;
        return action.Kind switch
        {
            CascadeActionKind.Call when table.Verification(m) == VerificationKind.Free => $"an answer{Agreement(table, row, m)}, {Confidence(table, row, m)}",
            CascadeActionKind.Call => $"an answer{Agreement(table, row, m)}",
            CascadeActionKind.Verify => Confidence(table, row, m),
            _ => null,
        };
    }

    private static string Agreement(TraceTable table, int row, int model) =>
        table.SameAs(row, model) is int same && same != model ? $" that equals {table.Models[same]}'s" : "";

    private static string Confidence(TraceTable table, int row, int model) =>
        table.Confidence(row, model) is var confidence && double.IsNaN(confidence) ? "confidence unknown" : FormattableString.Invariant($"confidence {confidence:0.###}");
}
