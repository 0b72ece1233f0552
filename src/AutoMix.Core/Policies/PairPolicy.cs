namespace AutoMix.Policies;

/// <summary>
/// AutoMix's meta-verifiers for a small and a large model: the small model's confidence falls into a bin, and each bin says
/// whether to ask the large model. Answers on a list are escalated whatever their confidence.
/// </summary>
internal sealed class PairPolicy : FittedPolicy
{
    private readonly int _small;
    private readonly int _large;
    private readonly double[] _edges;
    private readonly bool[] _escalate;
    private readonly ulong[] _escalatedAnswers;
    private readonly bool? _always;

    /// <param name="name">Key of the method.</param>
    /// <param name="models">Names of all models.</param>
    /// <param name="small">Index of the small model.</param>
    /// <param name="large">Index of the large model.</param>
    /// <param name="edges">Inner edges of the bins, ascending; a confidence on an edge falls into the upper bin.</param>
    /// <param name="escalate">Per bin, whether to ask the large model.</param>
    /// <param name="escalatedAnswers">Keys of answers that are escalated whatever their confidence.</param>
    public PairPolicy(string name, IReadOnlyList<string> models, int small, int large, double[] edges, bool[] escalate, ulong[]? escalatedAnswers = null)
        : base(name, models)
    {
        Expect(small >= 0 && large < models.Count && small < large, "small");
        Expect(escalate.Length == edges.Length + 1, "escalate");
        _small = small;
        _large = large;
        _edges = edges;
        _escalate = escalate;
        _escalatedAnswers = escalatedAnswers ?? [];

        // Where every bin says the same, there is nothing to verify for.
        _always = escalate.All(e => e) ? true : escalate.Any(e => e) ? null : false;
    }

    public override PolicyNeeds Needs =>
        (_always is null ? PolicyNeeds.Confidences : 0) | (_escalatedAnswers.Length > 0 && _always != true ? PolicyNeeds.Answers : 0);

    public override IReadOnlyList<double>? ConfidenceEdges(CascadeHistory history, int model) => model == _small ? _edges : null;

    public override PolicyDocument ToDocument() => new PairDocument
    {
        Name = Name,
        Models = [.. Models],
        Small = _small,
        Large = _large,
        Edges = _edges,
        Escalate = _escalate,
        EscalatedAnswers = _escalatedAnswers.Length == 0 ? null : _escalatedAnswers,
    };

    /// <summary>The bin of a confidence.</summary>
    public static int Bin(ReadOnlySpan<double> edges, double confidence)
    {
        int bin = 0;
        while (bin < edges.Length && confidence >= edges[bin])
        {
            bin++;
        }

        return bin;
    }

    protected override CascadeAction Choose(CascadeHistory history)
    {
        if (_always == true || history.IsCalled(_large))
        {
            return Route(history, _large);
        }

        if (!history.IsCalled(_small))
        {
            return CascadeAction.Call(_small, final: _always == false && _escalatedAnswers.Length == 0);
        }

        if (history.AnswerKey(_small) is var key && key != 0 && Array.IndexOf(_escalatedAnswers, key) >= 0)
        {
            return Route(history, _large);
        }

        if (_always == false)
        {
            return CascadeAction.Accept(_small);
        }

        if (history.CanVerify(_small))
        {
            return CascadeAction.Verify(_small);
        }

        double confidence = history.Confidence(_small);
        return double.IsNaN(confidence) || _escalate[Bin(_edges, confidence)] ? Route(history, _large) : CascadeAction.Accept(_small);
    }

    internal sealed record PairDocument : PolicyDocument
    {
        public required int Small { get; init; }

        public required int Large { get; init; }

        public required double[] Edges { get; init; }

        public required bool[] Escalate { get; init; }

        public ulong[]? EscalatedAnswers { get; init; }

        public override ICascadePolicy ToPolicy() => new PairPolicy(Name, Models, Small, Large, Edges, Escalate, EscalatedAnswers);
    }
}
