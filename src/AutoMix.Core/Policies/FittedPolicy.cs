namespace AutoMix.Policies;

/// <summary>What all policies that are fitted on traces have in common: names, checks, storage, and what to do when a model cannot be called.</summary>
internal abstract class FittedPolicy : ICascadePolicy
{
    private readonly string[] _models;

    protected FittedPolicy(string name, IReadOnlyList<string> models)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ModelList.Check(models, nameof(models));
        Name = name;
        _models = [.. models];
    }

    public string Name { get; }

    public IReadOnlyList<string> Models => _models;

    public virtual PolicyNeeds Needs => PolicyNeeds.None;

    public bool IsCalibrated => true;

    protected int ModelCount => _models.Length;

    public virtual IReadOnlyList<double>? ConfidenceEdges(CascadeHistory history, int model) => null;

    public CascadeAction Decide(CascadeHistory history)
    {
        ArgumentNullException.ThrowIfNull(history);
        if (history.ModelCount != _models.Length)
        {
            throw new ArgumentException($"The history is for {history.ModelCount} models, the policy for {_models.Length}.", nameof(history));
        }

        CascadeAction action = Choose(history);
        return action.Kind == CascadeActionKind.Call && history.IsExcluded(action.Model) ? Substitute(history, action) : action;
    }

    public virtual bool TryGetBelief(CascadeHistory history, Span<double> correctness) => false;

    /// <summary>The policy as it stands in a file.</summary>
    public abstract PolicyDocument ToDocument();

    /// <summary>The decision, as if every model could be called.</summary>
    protected abstract CascadeAction Choose(CascadeHistory history);

    /// <summary>The dearest model that has answered; -1 where none has.</summary>
    protected static int Dearest(CascadeHistory history)
    {
        int dearest = history.ModelCount - 1;
        while (dearest >= 0 && !history.IsCalled(dearest))
        {
            dearest--;
        }

        return dearest;
    }

    /// <summary>What routers do: one model, whose answer is accepted as it is.</summary>
    protected static CascadeAction Route(CascadeHistory history, int model) =>
        history.IsCalled(model) ? CascadeAction.Accept(model) : CascadeAction.Call(model, final: true);

    protected static void Expect(bool condition, string what)
    {
        if (!condition)
        {
            throw new ArgumentException($"'{what}' does not fit the rest of the policy.");
        }
    }

    // A model that cannot be called is stood in for by the next dearer one: its answer is at least as good. Where there is
    // none, an answer at hand beats a cheaper model's.
    internal static CascadeAction Substitute(CascadeHistory history, CascadeAction call)
    {
        int dearest = Dearest(history);
        if (dearest > call.Model)
        {
            return CascadeAction.Accept(dearest);
        }

        for (int m = call.Model + 1; m < history.ModelCount; m++)
        {
            if (!history.IsExcluded(m))
            {
                return CascadeAction.Call(m, call.IsFinal);
            }
        }

        if (dearest >= 0)
        {
            return CascadeAction.Accept(dearest);
        }

        for (int m = call.Model - 1; m >= 0; m--)
        {
            if (!history.IsExcluded(m))
            {
                return CascadeAction.Call(m, final: true);
            }
        }

        return CascadeAction.Abstain;
    }
}
