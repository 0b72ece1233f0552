using AutoMix.Estimation;

namespace AutoMix.Policies;

/// <summary>Several models answer, and one of the answers is chosen: ensemble after inference (survey by Chen et al., 2025).</summary>
/// <remarks>A majority is not waited for once no remaining vote can change it.</remarks>
internal sealed class EnsemblePolicy : FittedPolicy
{
    private readonly int[] _members;
    private readonly EnsembleRule _rule;
    private readonly double[] _accuracy;
    private readonly ConfidenceCalibration[] _calibrations;
    private readonly double[] _votes;

    public EnsemblePolicy(string name, IReadOnlyList<string> models, int[] members, EnsembleRule rule, double[] accuracy, ConfidenceCalibration[] calibrations)
        : base(name, models)
    {
        Expect(members.Length > 0 && members.All(m => m >= 0 && m < models.Count) && members.Distinct().Count() == members.Length, "members");
        Expect(accuracy.Length == models.Count && calibrations.Length == models.Count && accuracy.All(a => a >= 0 && a <= 1), "accuracy");
        _members = members;
        _rule = rule;
        _accuracy = accuracy;
        _calibrations = calibrations;
        _votes = [.. accuracy.Select(a => rule == EnsembleRule.WeightedMajority ? Math.Max(0.05, Logistic.LogOdds(Math.Clamp(a, 0.02, 0.98))) : 1)];
    }

    public override PolicyNeeds Needs => _members.Length == 1 ? PolicyNeeds.None : _rule == EnsembleRule.BestOf ? PolicyNeeds.Confidences : PolicyNeeds.Agreement;

    public override PolicyDocument ToDocument() => new EnsembleDocument
    {
        Name = Name,
        Models = [.. Models],
        Members = _members,
        Rule = _rule,
        Accuracy = _accuracy,
        Calibrations = _calibrations,
    };

    protected override CascadeAction Choose(CascadeHistory history)
    {
        if (_members.Length == 1)
        {
            return Route(history, _members[0]);
        }

        Span<double> votes = stackalloc double[CascadeHistory.MaxModels];
        votes.Clear();
        double remaining = 0;
        int next = -1;
        int any = -1;
        foreach (int m in _members)
        {
            if (history.IsCalled(m))
            {
                if (_rule == EnsembleRule.BestOf && history.CanVerify(m))
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

        if (next >= 0 && (_rule == EnsembleRule.BestOf || any < 0 || !IsDecided(votes, remaining)))
        {
            return CascadeAction.Call(next);
        }

        return any < 0
            ? Dearest(history) is >= 0 and var other ? CascadeAction.Accept(other) : CascadeAction.Call(_members[^1], final: true)
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
        foreach (int m in _members)
        {
            if (!history.IsCalled(m))
            {
                continue;
            }

            double confidence = history.Confidence(m);
            double score = _rule != EnsembleRule.BestOf ? votes[history.Group(m)]
                : double.IsNaN(confidence) ? _accuracy[m]
                : _calibrations[m].Probability(confidence);

            // Members of one group gave the same answer; ties between groups go to the more accurate model.
            if (winner < 0 || (score, _accuracy[m]).CompareTo(highest) > 0)
            {
                winner = m;
                highest = (score, _accuracy[m]);
            }
        }

        return winner;
    }

    public static IReadOnlyList<Candidate> Enumerate(TraceTable table)
    {
        int n = Math.Min(table.ModelCount, 10);
        double[] accuracy = [.. Enumerable.Range(0, table.ModelCount).Select(m => Enumerable.Range(0, table.RowCount).Average(row => table.Quality(row, m)))];
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

    internal sealed record EnsembleDocument : PolicyDocument
    {
        public required int[] Members { get; init; }

        public required EnsembleRule Rule { get; init; }

        public required double[] Accuracy { get; init; }

        public required ConfidenceCalibration[] Calibrations { get; init; }

        public override ICascadePolicy ToPolicy() => new EnsemblePolicy(Name, Models, Members, Rule, Accuracy, Calibrations);
    }
}
