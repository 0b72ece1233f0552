using AutoMix.Statistics;

namespace AutoMix.Core.Tests.Cascades;

/// <summary>
/// The belief of a cascade computed from the whole history at once, number by number: the reference of <see cref="CascadeBelief"/>.
/// </summary>
internal static class PlainBelief
{
    /// <summary>P(node of the trait, pattern of all models, history), pattern by pattern.</summary>
    public static double[] Joint(CascadeModel model, CascadeHistory history)
    {
        int[] called = [.. Enumerable.Range(0, model.ModelCount).Where(history.IsCalled).Take(CascadeBelief.MostAnswers)];
        return [.. model.Prior.Joint.ToArray().Chunk(CascadeModel.Nodes).SelectMany((nodes, pattern) =>
        {
            double agreement = Agreement(model, history, called, pattern);
            return nodes.Select((prior, node) => prior * agreement * Confidence(model, history, called, pattern, node));
        })];
    }

    /// <summary>P(each model is correct | history); the prior where the history is impossible.</summary>
    public static double[] Marginals(CascadeModel model, CascadeHistory history)
    {
        double[] joint = Joint(model, history);
        double total = joint.Sum();
        return [.. Enumerable.Range(0, model.ModelCount).Select(m =>
            total > 0 ? joint.Where((_, state) => IsCorrect(state / CascadeModel.Nodes, m)).Sum() / total : model.Accuracy(m))];
    }

    private static double Agreement(CascadeModel model, CascadeHistory history, int[] called, int pattern)
    {
        double likelihood = 1;
        for (int i = 0; i < called.Length; i++)
        {
            int newcomer = called[i];
            var odds = called.Take(i).GroupBy(history.Group).ToDictionary(
                group => group.Key,
                group => group.Average(earlier => model.Agreement.Odds(earlier, newcomer, IsCorrect(pattern, earlier), IsCorrect(pattern, newcomer)))
                    * model.Agreement.Growth(IsCorrect(pattern, newcomer), group.Count()));
            likelihood *= odds.GetValueOrDefault(history.Group(newcomer), 1) / (1 + odds.Values.Sum());
        }

        return likelihood;
    }

    private static double Confidence(CascadeModel model, CascadeHistory history, int[] called, int pattern, int node)
    {
        double likelihood = 1;
        foreach (int m in called)
        {
            if (!double.IsNaN(history.Confidence(m)) && model.Verification(m) != VerificationKind.None)
            {
                likelihood *= model.Confidence.OfCell(m, IsCorrect(pattern, m), node, ConfidenceGrid.Cell(history.Confidence(m)));
            }
        }

        return likelihood;
    }

    private static bool IsCorrect(int pattern, int model) => (pattern >> model & 1) != 0;
}
