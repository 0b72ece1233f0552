namespace AutoMix.Learning;

/// <summary>
/// Turns what happens to requests into evidence, and notices drift: costs and confidences when a request has ended, qualities when
/// it is labelled. What has drifted fades.
/// </summary>
/// <remarks>Knows nothing of time, stores or models that run, so that recorded requests teach it as live ones do. Not safe for concurrent use.</remarks>
internal sealed class EvidenceCollector
{
    private const double MostTimesTheMean = 10;
    private const int RememberedLabels = 1_024;
    private readonly EvidenceJournal _journal;
    private readonly DriftWatch _watch;
    private readonly double[] _beliefs;

    // Of the last labels of each model: whether they were of a whole request.
    private readonly Queue<bool>[] _wholeness;
    private Func<CascadeHistory, double[], bool>? _belief;
    private double? _errorDollars;
    private double? _followed;
    private double _labelsBefore;

    /// <param name="models">The models' names, in the order of the cascade.</param>
    public EvidenceCollector(IReadOnlyList<string> models)
    {
        ArgumentNullException.ThrowIfNull(models);
        _journal = new(models.Count);
        _watch = new(models);
        _watch.Detected += (_, drift) => DriftDetected?.Invoke(this, drift);
        _beliefs = new double[models.Count];
        _wholeness = [.. models.Select(_ => new Queue<bool>())];
    }

    /// <summary>A model, its verification or its price has changed. Raised while a request or a label is taken note of.</summary>
    public event EventHandler<DriftEventArgs>? DriftDetected;

    /// <summary>How many half-lives of the epoch have passed.</summary>
    public double Age
    {
        get => _journal.Age;
        set => _journal.Age = value;
    }

    /// <summary>The whole requests labelled since the last drift of a model or a verification, or since the beginning; those of all processes as of <see cref="Follow"/>.</summary>
    public int LabelsSinceDrift { get; private set; }

    /// <summary>Compares labels with what a policy believes from now on; one that has no beliefs changes nothing.</summary>
    /// <param name="policy">The policy.</param>
    public void Believe(ICascadePolicy policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        if (policy.TryGetBelief(new(_beliefs.Length), _beliefs))
        {
            _belief = (history, beliefs) => policy.TryGetBelief(history, beliefs);
        }
    }

    /// <summary>Compares labels with what a model says from now on.</summary>
    /// <param name="model">The model.</param>
    public void Believe(CascadeModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        _belief = (history, beliefs) => model.Belief(history, beliefs);
    }

    /// <summary>Takes note of a request that has ended.</summary>
    /// <param name="answers">One per model; null where it was not asked.</param>
    /// <param name="isWhole">Whether a coin chose it to be answered by all models.</param>
    public void Observe(IReadOnlyList<ObservedAnswer?> answers, bool isWhole)
    {
        ArgumentNullException.ThrowIfNull(answers);
        for (int m = 0; m < answers.Count; m++)
        {
            if (answers[m] is not { } answer)
            {
                continue;
            }

            _journal.AddCost(m, answer.Cost, answer.VerifyDollars);
            if (answer.Cost.Tokens > 0 && _watch.Price(m, answer.Cost.Dollars / answer.Cost.Tokens))
            {
                _journal.FadeCost(m);
            }

            if (isWhole && answer.Confidence is { } confidence && _watch.Confidence(m, confidence))
            {
                Fade(since: 0);
            }
        }
    }

    /// <summary>Takes note of a whole request's labels: evidence, and compared with what is believed of any request.</summary>
    /// <param name="request">The request.</param>
    /// <remarks>Not with what is believed of the very request: a verification that notices a change too would give away what the label says.</remarks>
    public void Label(LabelledRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        _journal.Add(request);
        LabelsSinceDrift++;
        Compare(new(_beliefs.Length), [.. request.Answers.Select(answer => (double?)answer.Quality)], isWhole: true);
    }

    /// <summary>Takes note of labels of a request that the policy cut short: no evidence, and compared with what is believed after all that led to that.</summary>
    /// <param name="answers">One per model; null where it was not asked.</param>
    /// <param name="qualities">One per model, in [0, 1]; null where there is no label.</param>
    public void Label(IReadOnlyList<ObservedAnswer?> answers, IReadOnlyList<double?> qualities)
    {
        ArgumentNullException.ThrowIfNull(answers);
        ArgumentNullException.ThrowIfNull(qualities);
        var history = new CascadeHistory(answers.Count);
        for (int m = 0; m < answers.Count; m++)
        {
            if (answers[m] is not { } answer)
            {
                continue;
            }

            history.RecordAnswer(m, answer.SameAs < m ? answer.SameAs : -1);
            if (answer.Confidence is { } confidence)
            {
                history.RecordConfidence(m, confidence);
            }
        }

        Compare(history, qualities, isWhole: false);
    }

    /// <summary>Takes note of what a wrong answer costs. One report says at most ten times what all together have said.</summary>
    /// <param name="dollars">More than 0.</param>
    /// <param name="propensity">The probability with which such an answer is reported, in (0, 1].</param>
    public void ErrorCost(double dollars, double propensity = 1) =>
        _journal.AddErrorCost(Math.Min(dollars, MostTimesTheMean * (_errorDollars ?? double.PositiveInfinity)), propensity);

    /// <summary>Follows what all processes have gathered: their drifts, and what errors cost.</summary>
    /// <param name="sums">The shared sums.</param>
    public void Follow(EvidenceSums sums)
    {
        _journal.Follow(sums);
        _errorDollars = sums.ErrorDollars;
        double labels = _journal.LabelsIn(sums);
        if (_followed is { } jumped && jumped != _journal.Jumped)
        {
            // A drift since, noticed here or elsewhere: what there is by now is of before.
            _labelsBefore = labels;
            LabelsSinceDrift = 0;
        }

        _followed = _journal.Jumped;
        LabelsSinceDrift = Math.Max(LabelsSinceDrift, (int)Math.Min(labels - _labelsBefore, int.MaxValue));
    }

    /// <summary>What has gathered since the last time.</summary>
    public EvidenceSums Take() => _journal.Take();

    private void Compare(CascadeHistory history, IReadOnlyList<double?> qualities, bool isWhole)
    {
        bool isBelieved = _belief?.Invoke(history, _beliefs) == true;
        for (int m = 0; m < qualities.Count && isBelieved; m++)
        {
            if (qualities[m] is not { } quality)
            {
                continue;
            }

            _wholeness[m].Enqueue(isWhole);
            if (_wholeness[m].Count > RememberedLabels)
            {
                _wholeness[m].Dequeue();
            }

            if (_watch.Label(m, quality, _beliefs[m]) is > 0 and var since)
            {
                // Only whole requests are evidence, and can be counted again.
                Fade(_wholeness[m].Skip(_wholeness[m].Count - since).Count(whole => whole));
            }
        }
    }

    private void Fade(int since)
    {
        _journal.Fade(since);
        LabelsSinceDrift = 0;
    }
}
