namespace AutoMix.Policies;

/// <summary>
/// AutoMix's meta-verifiers for a small and a large model: the small model's confidence falls into a bin, and each bin says
/// whether to ask the large model. Answers on a list are escalated whatever their confidence.
/// </summary>
/// <param name="Name">The key of the family.</param>
/// <param name="Models">The names of all models.</param>
/// <param name="Small">The index of the small model.</param>
/// <param name="Large">The index of the large model.</param>
/// <param name="Edges">The inner edges of the bins, ascending; a confidence on an edge falls into the upper bin.</param>
/// <param name="Escalate">Whether to ask the large model, per bin.</param>
/// <param name="EscalatedAnswers">Keys of answers that are escalated whatever their confidence.</param>
internal sealed record PairPolicy(
    string Name, IReadOnlyList<string> Models, int Small, int Large, double[] Edges, bool[] Escalate, ulong[]? EscalatedAnswers = null)
    : FittedPolicy(Name, Models)
{
    private ulong[] _listed = [];

    // If every bin says the same, a verification would be wasted.
    private bool? _always;

    public override PolicyNeeds Needs =>
        (_always is null ? PolicyNeeds.Confidences : 0) | (_listed.Length > 0 && _always != true ? PolicyNeeds.Answers : 0);

    public override IReadOnlyList<double>? ConfidenceEdges(CascadeHistory history, int model) => model == Small ? Edges : null;

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

    protected override void Prepare()
    {
        Expect(Small >= 0 && Large < ModelCount && Small < Large, "small");
        Expect(Escalate.Length == Edges.Length + 1, "escalate");
        _listed = EscalatedAnswers ?? [];
        _always = Array.TrueForAll(Escalate, e => e) ? true : Array.Exists(Escalate, e => e) ? null : false;
    }

    protected override CascadeAction Choose(CascadeHistory history)
    {
        if (_always == true || history.IsCalled(Large))
        {
            return Route(history, Large);
        }

        if (!history.IsCalled(Small))
        {
            return CascadeAction.Call(Small, final: _always == false && _listed.Length == 0);
        }

        if (history.AnswerKey(Small) is var key && key != 0 && Array.IndexOf(_listed, key) >= 0)
        {
            return Route(history, Large);
        }

        if (_always == false)
        {
            return CascadeAction.Accept(Small);
        }

        if (history.CanVerify(Small))
        {
            return CascadeAction.Verify(Small);
        }

        double confidence = history.Confidence(Small);
        return double.IsNaN(confidence) || Escalate[Bin(Edges, confidence)] ? Route(history, Large) : CascadeAction.Accept(Small);
    }
}
