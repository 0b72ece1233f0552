using AutoMix.Statistics;

namespace AutoMix.Policies;

/// <summary>Several models answer, and one of the answers is chosen: ensemble after inference (survey by Chen et al., 2025).</summary>
/// <remarks>A majority is not waited for once no remaining vote can change it.</remarks>
/// <param name="Name">The key of the family.</param>
/// <param name="Models">The names of all models.</param>
/// <param name="Members">The models that answer.</param>
/// <param name="Rule">How one of the answers is chosen.</param>
/// <param name="Accuracy">The mean quality of each model's answers.</param>
/// <param name="Calibrations">From confidence to probability, per model.</param>
internal sealed record EnsemblePolicy(
    string Name, IReadOnlyList<string> Models, int[] Members, EnsembleRule Rule, double[] Accuracy, ConfidenceCalibration[] Calibrations)
    : FittedPolicy(Name, Models)
{
    private double[] _votes = [];

    public override PolicyNeeds Needs => Members.Length == 1 ? PolicyNeeds.None : Rule == EnsembleRule.BestOf ? PolicyNeeds.Confidences : PolicyNeeds.Agreement;

    protected override void Prepare()
    {
        Expect(Members.Length > 0 && Members.All(m => m >= 0 && m < ModelCount) && Members.Distinct().Count() == Members.Length, "members");
        Expect(Accuracy.Length == ModelCount && Calibrations.Length == ModelCount && Accuracy.All(a => a >= 0 && a <= 1), "accuracy");
        _votes = [.. Accuracy.Select(a => Rule == EnsembleRule.WeightedMajority ? Math.Max(0.05, Logistic.LogOdds(Math.Clamp(a, 0.02, 0.98))) : 1)];
    }

    protected override CascadeAction Choose(CascadeHistory history)
    {
        if (Members.Length == 1)
        {
            return Route(history, Members[0]);
        }

        Span<double> votes = stackalloc double[CascadeHistory.MaxModels];
        votes.Clear();
        double remaining = 0;
        int next = -1;
        int any = -1;
        foreach (int m in Members)
        {
            if (history.IsCalled(m))
            {
                if (Rule == EnsembleRule.BestOf && history.CanVerify(m))
                {
                    return CascadeAction.Verify(m);
                }

                votes[history.Group(m)] += _votes[m];
                any = m;
            }
            else if (!history.IsExcluded(m))
            {
                remaining += _votes[m];
                next = next < 0 ? m : next;
            }
        }

        if (next >= 0 && (Rule == EnsembleRule.BestOf || any < 0 || !IsDecided(votes, remaining)))
        {
            return CascadeAction.Call(next);
        }

        return any < 0
            ? Dearest(history) is >= 0 and var other ? CascadeAction.Accept(other) : CascadeAction.Call(Members[^1], final: true)
            : CascadeAction.Accept(Winner(history, votes));
    }

    private static bool IsDecided(ReadOnlySpan<double> votes, double remaining)
    {
        double first = 0;
        double second = 0;
        foreach (double v in votes)
        {
            if (v > first)
            {
                (first, second) = (v, first);
            }
            else if (v > second)
            {
                second = v;
            }
        }

        return first > second + remaining;
    }

    private int Winner(CascadeHistory history, ReadOnlySpan<double> votes)
    {
        int winner = -1;
        (double, double) highest = default;
        foreach (int m in Members)
        {
            if (!history.IsCalled(m))
            {
                continue;
            }

            double confidence = history.Confidence(m);
            double score = Rule != EnsembleRule.BestOf ? votes[history.Group(m)]
                : double.IsNaN(confidence) ? Accuracy[m]
                : Calibrations[m].Probability(confidence);

            // Members of one group gave the same answer; ties between groups go to the more accurate model.
            if (winner < 0 || (score, Accuracy[m]).CompareTo(highest) > 0)
            {
                winner = m;
                highest = (score, Accuracy[m]);
            }
        }

        return winner;
    }

    public static IReadOnlyList<Candidate> Enumerate(TraceTable table)
    {
        int n = Math.Min(table.ModelCount, 10);
        double[] accuracy = [.. Enumerable.Range(0, table.ModelCount).Select(table.MeanQuality)];
        ConfidenceCalibration[] calibrations = [.. Enumerable.Range(0, table.ModelCount).Select(m => ConfidenceCalibration.Fit(table, m))];
        var candidates = new List<Candidate>();
        for (int set = 1; set < 1 << n; set++)
        {
            int[] members = [.. Enumerable.Range(0, n).Where(m => (set >> m & 1) != 0)];
            foreach (EnsembleRule rule in Enum.GetValues<EnsembleRule>())
            {
                if (members.Length > 1 || rule == EnsembleRule.Majority)
                {
                    candidates.Add(Candidate.Measure(new EnsemblePolicy("ensemble", table.Models, members, rule, accuracy, calibrations), table));
                }
            }
        }

        return candidates;
    }
}
