namespace AutoMix.Policies;

/// <summary>
/// A chain of models in order. An answer is accepted where its confidence reaches the model's upper threshold, the query is
/// given up where it is below the lower one, else the next model is asked.
/// </summary>
/// <remarks>
/// Upper threshold 0: accepted unread; infinity: the model is not in the chain. The last model is accepted unless it falls
/// below its lower threshold. An unknown confidence escalates; at the end it is accepted only where nothing is given up.
/// </remarks>
internal sealed class ChainPolicy : FittedPolicy
{
    private readonly double[] _acceptFrom;
    private readonly double[] _abstainBelow;

    public ChainPolicy(string name, IReadOnlyList<string> models, IReadOnlyList<double> acceptFrom, IReadOnlyList<double>? abstainBelow = null)
        : base(name, models)
    {
        _acceptFrom = [.. acceptFrom];
        _abstainBelow = abstainBelow is null ? new double[models.Count] : [.. abstainBelow];
        Expect(_acceptFrom.Length == models.Count && _acceptFrom.All(t => t >= 0) && !_acceptFrom.All(double.IsPositiveInfinity), "acceptFrom");
        Expect(_abstainBelow.Length == models.Count && _abstainBelow.All(t => t >= 0), "abstainBelow");
    }

    public override PolicyNeeds Needs => _acceptFrom.Any(t => t > 0 && double.IsFinite(t)) ? PolicyNeeds.Confidences : PolicyNeeds.None;

    public IReadOnlyList<double> AcceptFrom => _acceptFrom;

    public IReadOnlyList<double> AbstainBelow => _abstainBelow;

    public override IReadOnlyList<double>? ConfidenceEdges(CascadeHistory history, int model) =>
        [.. new[] { _abstainBelow[model], _acceptFrom[model] }.Where(edge => edge is > 0 and <= 1).Order()];

    public override PolicyDocument ToDocument() => new ChainDocument { Name = Name, Models = [.. Models], AcceptFrom = _acceptFrom, AbstainBelow = _abstainBelow };

    protected override CascadeAction Choose(CascadeHistory history)
    {
        int latest = Dearest(history);
        int next = Next(history, latest + 1);
        if (latest < 0)
        {
            return next < 0 ? CascadeAction.Call(Array.FindIndex(_acceptFrom, double.IsFinite)) : Call(history, next);
        }

        bool unread = double.IsPositiveInfinity(_acceptFrom[latest]) || (_acceptFrom[latest] == 0 && _abstainBelow[latest] == 0);
        if (unread || (next < 0 && _abstainBelow[latest] == 0))
        {
            return CascadeAction.Accept(latest);
        }

        if (history.CanVerify(latest))
        {
            return CascadeAction.Verify(latest);
        }

        double confidence = history.Confidence(latest);
        if (confidence < _abstainBelow[latest] || (double.IsNaN(confidence) && next < 0))
        {
            return CascadeAction.Abstain;
        }

        return confidence >= _acceptFrom[latest] || next < 0 ? CascadeAction.Accept(latest) : Call(history, next);
    }

    private CascadeAction Call(CascadeHistory history, int model) =>
        CascadeAction.Call(model, final: _abstainBelow[model] == 0 && (_acceptFrom[model] == 0 || Next(history, model + 1) < 0));

    private int Next(CascadeHistory history, int from)
    {
        for (int m = from; m < _acceptFrom.Length; m++)
        {
            if (double.IsFinite(_acceptFrom[m]) && !history.IsExcluded(m))
            {
                return m;
            }
        }

        return -1;
    }

    internal sealed record ChainDocument : PolicyDocument
    {
        public required double[] AcceptFrom { get; init; }

        public required double[] AbstainBelow { get; init; }

        public override ICascadePolicy ToPolicy() => new ChainPolicy(Name, Models, AcceptFrom, AbstainBelow);
    }
}
