using AutoMix.Evaluation;

namespace AutoMix.Equality;

/// <summary>What a policy does with one query: its steps up to the answer, the model accepted, quality and dollars.</summary>
internal sealed record DecidedPath(string Steps, string? Accepted, double Quality, double Dollars);

/// <summary>The offline side: the evaluation that <c>automix evaluate</c> makes.</summary>
internal static class OfflinePath
{
    public static IReadOnlyList<DecidedPath> Run(ICascadePolicy policy, IReadOnlyList<TraceRecord> records) => Run(policy, TraceTable.From(records));

    public static IReadOnlyList<DecidedPath> Run(ICascadePolicy policy, TraceTable table)
    {
        var history = new CascadeHistory(table.ModelCount);
        var paths = new DecidedPath[table.RowCount];
        for (int row = 0; row < paths.Length; row++)
        {
            List<string> steps = [];
            CascadeOutcome outcome = CascadeReplay.Run(policy, table, row, history, action => steps.Add(Describe(action.Kind, action.Model < 0 ? null : table.Models[action.Model])));

            // Offline the acceptance is a step of its own; live a call that is accepted whatever comes back ends the request.
            steps.RemoveAt(steps.Count - 1);
            paths[row] = new DecidedPath(
                string.Join(", ", steps),
                outcome.Model < 0 ? null : table.Models[outcome.Model],
                outcome.Quality,
                outcome.Cost.Dollars);
        }

        return paths;
    }

    public static string Describe(CascadeActionKind kind, string? model) => $"{kind} {model}";
}
