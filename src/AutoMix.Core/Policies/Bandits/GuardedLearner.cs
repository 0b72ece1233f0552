namespace AutoMix.Policies;

/// <summary>
/// Protects a learner from poisoned feedback (Lin et al., 2025, on the life cycle of routers). No source may give more than a
/// share of all outcomes; and outcomes are learned in batches, from which the sources whose grades lie furthest from the
/// others' are trimmed at both ends, if they lie further away than chance explains.
/// </summary>
internal sealed class GuardedLearner : ILearningPolicy
{
    private const int LeastGrades = 5;
    private const double ChanceDeviations = 2;

    // Of one grade in [0, 1], at most.
    private const double WidestDeviation = 0.5;
    private readonly ILearningPolicy _learner;
    private readonly double _mostShare;
    private readonly double _trim;
    private readonly int _batch;
    private readonly Dictionary<string, double> _taken;
    private readonly PolicyOutcome[] _waiting;
    private readonly double _total;

    public GuardedLearner(ILearningPolicy learner, double mostShare, double trim, int batch)
        : this(learner, mostShare, trim, batch, [], [], 0)
    {
    }

    private GuardedLearner(ILearningPolicy learner, double mostShare, double trim, int batch, Dictionary<string, double> taken, PolicyOutcome[] waiting, double total)
    {
        _learner = learner;
        _mostShare = mostShare;
        _trim = trim;
        _batch = batch;
        _taken = taken;
        _waiting = waiting;
        _total = total;
    }

    public string Name => _learner.Name;

    public IReadOnlyList<string> Models => _learner.Models;

    public PolicyNeeds Needs => _learner.Needs;

    public bool IsCalibrated => _learner.IsCalibrated;

    public VerificationKind? Verification(int model) => _learner.Verification(model);

    /// <summary>The learner that decides.</summary>
    public ILearningPolicy Learner => _learner;

    public IReadOnlyList<double>? ConfidenceEdges(CascadeHistory history, int model) => _learner.ConfidenceEdges(history, model);

    public CascadeAction Decide(CascadeHistory history) => _learner.Decide(history);

    public bool TryGetBelief(CascadeHistory history, Span<double> correctness) => _learner.TryGetBelief(history, correctness);

    public ILearningPolicy Update(PolicyOutcome outcome)
    {
        ArgumentNullException.ThrowIfNull(outcome);

        // Few sources must each be allowed more than the share: up to twice what falls to each.
        double taken = _taken.GetValueOrDefault(outcome.Source);
        int sources = _taken.Count + (taken > 0 ? 0 : 1);
        if (taken > 0 && taken + 1 > Math.Max(_mostShare, 2.0 / sources) * (_total + 1))
        {
            return this;
        }

        var counts = new Dictionary<string, double>(_taken, StringComparer.Ordinal) { [outcome.Source] = taken + 1 };
        PolicyOutcome[] waiting = [.. _waiting, outcome];
        ILearningPolicy learner = _learner;
        if (waiting.Length >= _batch)
        {
            foreach (PolicyOutcome kept in Trim(waiting, Models.Count, _trim))
            {
                learner = learner.Update(kept);
            }

            waiting = [];
        }

        return new GuardedLearner(learner, _mostShare, _trim, _batch, counts, waiting, _total + 1);
    }

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
