using System.Text.Json.Serialization;

namespace AutoMix.Policies;

/// <summary>A policy that is fitted on traces. Its record's parameters are the policy: <see cref="PolicyFile"/> writes and reads exactly those.</summary>
/// <remarks>A model that cannot be called is replaced by another one, in the same way for every policy.</remarks>
internal abstract record FittedPolicy : ICascadePolicy
{
    protected FittedPolicy(string name, IReadOnlyList<string> models)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ModelList.Check(models, nameof(models));
        Name = name;
        Models = [.. models];

        // The parameters of a derived record are set before its base's constructor runs.
        Prepare();
    }

    /// <inheritdoc/>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string Name { get; }

    /// <inheritdoc/>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public IReadOnlyList<string> Models { get; }

    /// <inheritdoc/>
    public virtual PolicyNeeds Needs => PolicyNeeds.None;

    /// <inheritdoc/>
    public virtual bool IsCalibrated => true;

    protected int ModelCount => Models.Count;

    /// <inheritdoc/>
    public virtual VerificationKind? Verification(int model) => null;

    /// <inheritdoc/>
    public virtual IReadOnlyList<double>? ConfidenceEdges(CascadeHistory history, int model) => null;

    /// <inheritdoc/>
    public CascadeAction Decide(CascadeHistory history)
    {
        CheckSize(history, ModelCount);
        CascadeAction action = Choose(history);
        return action.Kind == CascadeActionKind.Call && history.IsExcluded(action.Model) ? Substitute(history, action) : action;
    }

    /// <inheritdoc/>
    public virtual bool TryGetBelief(CascadeHistory history, Span<double> correctness) => false;

    /// <summary>Checks the parameters, and computes what follows from them.</summary>
    /// <exception cref="ArgumentException">A parameter does not fit the others.</exception>
    protected virtual void Prepare()
    {
    }

    /// <summary>Decides as if every model could be called.</summary>
    protected abstract CascadeAction Choose(CascadeHistory history);

    /// <summary>Finds the most expensive model that has answered; -1 if none has.</summary>
    protected static int Dearest(CascadeHistory history)
    {
        int dearest = history.ModelCount - 1;
        while (dearest >= 0 && !history.IsCalled(dearest))
        {
            dearest--;
        }

        return dearest;
    }

    /// <summary>Asks one model and accepts its answer as it is.</summary>
    protected static CascadeAction Route(CascadeHistory history, int model) =>
        history.IsCalled(model) ? CascadeAction.Accept(model) : CascadeAction.Call(model, final: true);

    protected static void Expect(bool condition, string what)
    {
        if (!condition)
        {
            throw new ArgumentException($"'{what}' does not fit the rest of the policy.");
        }
    }

    internal static void CheckSize(CascadeHistory history, int models)
    {
        ArgumentNullException.ThrowIfNull(history);
        if (history.ModelCount != models)
        {
            throw new ArgumentException($"The history is for {history.ModelCount} models, the policy for {models}.", nameof(history));
        }
    }

    // The next more expensive model stands in: its answer is at least as good. If there is none, an answer at hand beats a cheaper model's.
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
