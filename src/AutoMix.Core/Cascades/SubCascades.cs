using System.Numerics;
using System.Runtime.Intrinsics;

namespace AutoMix;

/// <summary>
/// Cascades with more histories than the exact solver can number: the models worth having are chosen by forward selection on the
/// exact value, and their cascade is solved exactly. Given the latent trait the models are independent, so that leaving some out
/// costs nothing and no table of all models is ever made.
/// </summary>
/// <remarks>
/// On simulated cascades of twelve models the value is .04 to .10 above that of one-step value of information over all of them
/// (a correct answer is worth 1): looking one step ahead, no second opinion seems to pay.
/// </remarks>
internal static class SubCascades
{
    // Larger sets of models gain nothing that was measurable, and what is chosen among grows with every one.
    private const int MostMembers = 5;
    private const int MostHistories = 300_000;
    private const double LeastGain = 1e-5;

    /// <summary>One table per objective; null where not even one model's histories are within the limit.</summary>
    public static IReadOnlyList<PlanTable>? Solve(CascadeModel model, IReadOnlyList<CascadeObjective> objectives)
    {
        // As many objectives as one sweep solves find a set of models each; every objective then takes the best of the sets.
        int lanes = Math.Min(objectives.Count, Vector512<double>.Count);
        var selection = new Selection(model, [.. Enumerable.Range(0, lanes).Select(lane => objectives[lane * (objectives.Count - 1) / Math.Max(1, lanes - 1)])]);
        ulong[] sets = [.. Enumerable.Range(0, lanes).Select(selection.Choose).Where(set => set != 0).Distinct()];
        if (sets.Length == 0)
        {
            return null;
        }

        var best = new PlanTable[objectives.Count];
        double[] bestValue = [.. Enumerable.Repeat(double.NegativeInfinity, objectives.Count)];
        foreach (ulong set in sets)
        {
            int[] members = Members(set);
            CascadeModel cascade = model.Select(members);
            HistoryIndex index = ExactSolver.IndexFor(cascade);
            byte[][] actions = ExactSolver.Solve(cascade, index, objectives, out double[] values);
            for (int i = 0; i < objectives.Count; i++)
            {
                if (values[i] > bestValue[i])
                {
                    bestValue[i] = values[i];
                    best[i] = new PlanTable(cascade, index, actions[i], members);
                }
            }
        }

        return best;
    }

    private static int[] Members(ulong set) => [.. Enumerable.Range(0, 64).Where(m => (set >> m & 1) != 0)];

    /// <summary>The exact values of sets of models, each set solved once for all objectives.</summary>
    private sealed class Selection(CascadeModel model, CascadeObjective[] objectives)
    {
        private readonly Dictionary<ulong, double[]?> _values = [];

        /// <summary>Adds the model that gains most, until none gains or the histories are too many.</summary>
        public ulong Choose(int objective)
        {
            ulong chosen = 0;
            double value = objectives[objective].AbstainReward ?? double.NegativeInfinity;
            double[] gain = [.. Enumerable.Repeat(double.PositiveInfinity, model.ModelCount)];
            while (BitOperations.PopCount(chosen) < MostMembers && Add(objective, ref chosen, ref value, gain))
            {
            }

            return chosen;
        }

        // A model rarely gains more beside others than it did before they were there, so what gained least before is not looked at
        // again while another has gained more (Minoux 1978).
        private bool Add(int objective, ref ulong chosen, ref double value, double[] gain)
        {
            ulong best = 0;
            double most = value + LeastGain;
            foreach (int m in Enumerable.Range(0, model.ModelCount).OrderByDescending(m => gain[m]).ToArray())
            {
                if ((chosen >> m & 1) != 0 || value + gain[m] <= most)
                {
                    continue;
                }

                ulong set = chosen | (1UL << m);
                double with = Values(set)?[objective] ?? double.NegativeInfinity;
                gain[m] = with - (chosen == 0 ? 0 : value);
                if (with > most)
                {
                    most = with;
                    best = set;
                }
            }

            chosen = best == 0 ? chosen : best;
            value = best == 0 ? value : most;
            return best != 0;
        }

        private double[]? Values(ulong set)
        {
            if (_values.TryGetValue(set, out double[]? known))
            {
                return known;
            }

            CascadeModel cascade = model.Select(Members(set));
            HistoryIndex index = ExactSolver.IndexFor(cascade);
            double[]? values = null;
            if (index.Count <= Math.Min(MostHistories, model.Options.HistoryLimit))
            {
                ExactSolver.Solve(cascade, index, objectives, out values);
            }

            _values.Add(set, values);
            return values;
        }
    }
}
