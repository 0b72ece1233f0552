namespace AutoMix.Policies;

/// <summary>
/// Two-tier selection by margin: the large model is asked for the share of queries about which the small model is least
/// sure. Needs no labels: the threshold is a quantile of recent margins.
/// </summary>
/// <remarks>Ramirez, Birch and Titov (2024). The margin between the two likeliest tokens grows with the answer's probability, whose order is all that a quantile uses.</remarks>
internal sealed class MarginPolicy : FittedPolicy, ILearningPolicy
{
    private const int Window = 500;
    private readonly int _small;
    private readonly int _large;
    private readonly double _share;
    private readonly double[] _recent;
    private readonly double _threshold;

    /// <param name="name">Key of the family.</param>
    /// <param name="models">Names of all models.</param>
    /// <param name="small">The first tier.</param>
    /// <param name="large">The second tier.</param>
    /// <param name="share">Share of queries that the large model may be asked.</param>
    /// <param name="recent">Confidences of recent answers of the small model, oldest first.</param>
    public MarginPolicy(string name, IReadOnlyList<string> models, int small, int large, double share, double[] recent)
        : base(name, models)
    {
        Expect(small >= 0 && small < models.Count && large >= 0 && large < models.Count && small != large, "small");
        Expect(share >= 0 && share <= 1, "share");
        _small = small;
        _large = large;
        _share = share;
        _recent = recent;
        double[] sorted = [.. recent.Order()];
        int at = (int)Math.Round(share * sorted.Length);
        _threshold = at >= sorted.Length ? double.PositiveInfinity : sorted[at];
    }

    public override PolicyNeeds Needs => _share is > 0 and < 1 ? PolicyNeeds.Confidences : PolicyNeeds.None;

    public ILearningPolicy Update(PolicyOutcome outcome)
    {
        ArgumentNullException.ThrowIfNull(outcome);
        foreach (AnswerOutcome answer in outcome.Answers)
        {
            if (answer.Model == _small && answer.Confidence is { } confidence)
            {
                return new MarginPolicy(Name, Models, _small, _large, _share, [.. _recent.Skip(Math.Max(0, _recent.Length + 1 - Window)), confidence]);
            }
        }

        return this;
    }

    public override PolicyDocument ToDocument() => new MarginDocument
    {
        Name = Name,
        Models = [.. Models],
        Small = _small,
        Large = _large,
        Share = _share,
        Recent = _recent,
    };

    public static IReadOnlyList<Candidate> Enumerate(TraceTable table)
    {
        const int Shares = 20;
        var candidates = new List<Candidate>();
        if (table.ModelCount == 1)
        {
            candidates.Add(Candidate.Measure(ChainFamilies.Single("margin", table.Models, 0), table));
        }

        for (int large = 1; large < table.ModelCount; large++)
        {
            for (int small = 0; small < large; small++)
            {
                double[] recent = [.. Enumerable.Range(0, table.RowCount).Select(row => table.Confidence(row, small)).Where(c => !double.IsNaN(c)).TakeLast(Window)];
                for (int k = 0; k <= Shares; k++)
                {
                    var policy = new MarginPolicy("margin", table.Models, small, large, (double)k / Shares, recent);
                    candidates.Add(Candidate.Measure(policy, table) with { Group = (large * table.ModelCount) + small });
                }
            }
        }

        return candidates;
    }

    protected override CascadeAction Choose(CascadeHistory history)
    {
        if (_share == 1 || history.IsCalled(_large))
        {
            return Route(history, _large);
        }

        if (!history.IsCalled(_small) || _share == 0)
        {
            return history.IsCalled(_small) ? CascadeAction.Accept(_small) : CascadeAction.Call(_small, final: _share == 0);
        }

        if (history.CanVerify(_small))
        {
            return CascadeAction.Verify(_small);
        }

        return history.Confidence(_small) >= _threshold ? CascadeAction.Accept(_small) : Route(history, _large);
    }

    internal sealed record MarginDocument : PolicyDocument
    {
        public required int Small { get; init; }

        public required int Large { get; init; }

        public required double Share { get; init; }

        public required double[] Recent { get; init; }

        public override ICascadePolicy ToPolicy() => new MarginPolicy(Name, Models, Small, Large, Share, Recent);
    }
}
