namespace AutoMix.Policies;

/// <summary>
/// Protects a learner from poisoned feedback (Lin et al., 2025, on the life cycle of routers). No source may give more than a
/// share of all outcomes; and outcomes are learned in batches, from which the sources whose grades lie furthest from the
/// others' are trimmed at both ends, if they lie further away than chance explains.
/// </summary>
/// <param name="Learner">The learner that decides.</param>
/// <param name="MostShare">The largest share of all outcomes that one source may give.</param>
/// <param name="TrimShare">The share of sources trimmed at each end.</param>
/// <param name="Batch">The number of outcomes that are learned together.</param>
internal sealed record GuardedLearner(ILearningPolicy Learner, double MostShare, double TrimShare, int Batch) : FittedPolicy(Learner.Name, Learner.Models), ILearningPolicy
{
    private const int LeastGrades = 5;
    private const double ChanceDeviations = 2;

    // Of one grade in [0, 1], at most.
    private const double WidestDeviation = 0.5;

    public override PolicyNeeds Needs => Learner.Needs;

    public override bool IsCalibrated => Learner.IsCalibrated;

    // Outcomes taken from each source.
    private Dictionary<string, double> Taken { get; init; } = [];

    private PolicyOutcome[] Waiting { get; init; } = [];

    private double Total { get; init; }

    public override VerificationKind? Verification(int model) => Learner.Verification(model);

    public override IReadOnlyList<double>? ConfidenceEdges(CascadeHistory history, int model) => Learner.ConfidenceEdges(history, model);

    public override bool TryGetBelief(CascadeHistory history, Span<double> correctness) => Learner.TryGetBelief(history, correctness);

    public ILearningPolicy Update(PolicyOutcome outcome)
    {
        ArgumentNullException.ThrowIfNull(outcome);

        // Few sources must each be allowed more than the share: up to twice what falls to each.
        double taken = Taken.GetValueOrDefault(outcome.Source);
        int sources = Taken.Count + (taken > 0 ? 0 : 1);
        if (taken > 0 && taken + 1 > Math.Max(MostShare, 2.0 / sources) * (Total + 1))
        {
            return this;
        }

        var counts = new Dictionary<string, double>(Taken, StringComparer.Ordinal) { [outcome.Source] = taken + 1 };
        PolicyOutcome[] waiting = [.. Waiting, outcome];
        ILearningPolicy learner = Learner;
        if (waiting.Length >= Batch)
        {
            foreach (PolicyOutcome kept in Trim(waiting, Models.Count, TrimShare))
            {
                learner = learner.Update(kept);
            }

            waiting = [];
        }

        return this with { Learner = learner, Taken = counts, Waiting = waiting, Total = Total + 1 };
    }

    protected override CascadeAction Choose(CascadeHistory history) => Learner.Decide(history);

    // A source's distance: how far its grades lie from what all sources say of the same models, on average. A few grades lie
    // anywhere: only sources that have given some, and lie further than chance would put them, are trimmed.
    public static IEnumerable<PolicyOutcome> Trim(IReadOnlyCollection<PolicyOutcome> batch, int models, double trim)
    {
        double[] typical = new double[models];
        for (int m = 0; m < typical.Length; m++)
        {
            // The median over sources of a source's mean: moving it freely would take lies of half of the sources.
            double[] means = [.. batch.GroupBy(o => o.Source).Select(source => Grades(source, m)).Where(g => g.Length >= LeastGrades).Select(g => g.Average()).Order()];
            typical[m] = means.Length > 0 ? means[means.Length / 2] : 0;
        }

        (string Source, double Distance, int Grades)[] sources =
        [
            .. batch.GroupBy(o => o.Source)
                .Select(source => (source.Key, Distances: source.SelectMany(o => o.Answers).Where(a => a.Quality is not null).Select(a => a.Quality!.Value - typical[a.Model]).ToArray()))
                .Where(source => source.Distances.Length >= LeastGrades)
                .Select(source => (source.Key, source.Distances.Average(), source.Distances.Length))
                .OrderBy(source => source.Item2),
        ];
        int cut = (int)(trim * sources.Length);
        HashSet<string> outlying =
        [
            .. sources[..cut].Concat(sources[^cut..])
                .Where(source => Math.Abs(source.Distance) > ChanceDeviations * WidestDeviation / Math.Sqrt(source.Grades))
                .Select(source => source.Source),
        ];
        return batch.Where(outcome => !outlying.Contains(outcome.Source));
    }

    private static double[] Grades(IEnumerable<PolicyOutcome> outcomes, int model) =>
        [.. outcomes.SelectMany(o => o.Answers).Where(a => a.Model == model && a.Quality is not null).Select(a => a.Quality!.Value)];
}
