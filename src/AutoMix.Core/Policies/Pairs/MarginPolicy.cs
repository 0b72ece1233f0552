namespace AutoMix.Policies;

/// <summary>
/// Two-tier selection by margin: the large model is asked for the share of queries about which the small model is least
/// sure. Needs no labels: the threshold is a quantile of recent margins.
/// </summary>
/// <remarks>Ramirez, Birch and Titov (2024). The margin between the two likeliest tokens grows with the answer's probability, whose order is all that a quantile uses.</remarks>
/// <param name="Name">The key of the family.</param>
/// <param name="Models">The names of all models.</param>
/// <param name="Small">The first tier.</param>
/// <param name="Large">The second tier.</param>
/// <param name="Share">The share of queries that the large model may be asked.</param>
/// <param name="Recent">Confidences of recent answers of the small model, oldest first.</param>
internal sealed record MarginPolicy(string Name, IReadOnlyList<string> Models, int Small, int Large, double Share, double[] Recent)
    : FittedPolicy(Name, Models), ILearningPolicy
{
    private const int Window = 500;
    private PairPolicy _pair = null!;

    public override PolicyNeeds Needs => _pair.Needs;

    public ILearningPolicy Update(PolicyOutcome outcome)
    {
        ArgumentNullException.ThrowIfNull(outcome);
        foreach (AnswerOutcome answer in outcome.Answers)
        {
            if (answer.Model == Small && answer.Confidence is { } confidence)
            {
                return new MarginPolicy(Name, Models, Small, Large, Share, [.. Recent.Skip(Math.Max(0, Recent.Length + 1 - Window)), confidence]);
            }
        }

        return this;
    }

    public static IReadOnlyList<Candidate> Enumerate(TraceTable table)
    {
        const int Shares = 20;
        var candidates = new List<Candidate>();
        if (table.ModelCount == 1)
        {
            candidates.AddRange(ThresholdPolicy.Singles(table, "margin"));
        }

        for (int large = 1; large < table.ModelCount; large++)
        {
            for (int small = 0; small < large; small++)
            {
                double[] recent = [.. table.Confidences(small).TakeLast(Window)];
                for (int k = 0; k <= Shares; k++)
                {
                    var policy = new MarginPolicy("margin", table.Models, small, large, (double)k / Shares, recent);
                    candidates.Add(Candidate.Measure(policy, table) with { Group = (large * table.ModelCount) + small });
                }
            }
        }

        return candidates;
    }

    protected override void Prepare()
    {
        Expect(Share >= 0 && Share <= 1, "share");
        double[] sorted = [.. Recent.Order()];
        int at = (int)Math.Round(Share * sorted.Length);
        double threshold = at >= sorted.Length ? double.PositiveInfinity : sorted[at];
        _pair = new PairPolicy(Name, Models, Small, Large, [threshold], [Share > 0, Share == 1]);
    }

    protected override CascadeAction Choose(CascadeHistory history) => _pair.Decide(history);
}
