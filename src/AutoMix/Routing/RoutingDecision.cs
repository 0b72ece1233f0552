namespace AutoMix;

/// <summary>One decision of an <see cref="IRoutingPolicy"/>.</summary>
/// <remarks>The default value is no decision: a policy that returns it has failed.</remarks>
public readonly record struct RoutingDecision
{
    // The kind plus one, so that the default value has none of the kinds.
    private readonly int _kind;

    private RoutingDecision(CascadeActionKind kind, int model, bool isFinal, RoutingAttempt? attempt, string? reason)
    {
        _kind = (int)kind + 1;
        Model = model;
        IsFinal = isFinal;
        Attempt = attempt;
        Reason = reason;
    }

    /// <summary>The action; -1, which is none of the kinds, for the default value.</summary>
    public CascadeActionKind Kind => (CascadeActionKind)(_kind - 1);

    /// <summary>The index of the model that is called, or that gave the answer; -1 for abstaining.</summary>
    public int Model { get; }

    /// <summary>Whether a call's answer will be accepted as it is, so that it may stream live.</summary>
    public bool IsFinal { get; }

    /// <summary>The attempt to verify or to accept; null for the other kinds.</summary>
    public RoutingAttempt? Attempt { get; }

    /// <summary>The reason, for the record.</summary>
    public string? Reason { get; }

    /// <summary>
    /// Whether the request's answer is chosen already, and this call or verification only serves learning: a limit that it meets
    /// changes nothing about the answer.
    /// </summary>
    internal bool IsForLearning { get; private init; }

    /// <summary>The answer that is chosen already; null if the policy vouches for none.</summary>
    internal RoutingAttempt? Chosen { get; private init; }

    /// <summary>Asks a model.</summary>
    /// <param name="model">The index of the model; 0 is the first model.</param>
    /// <param name="final">Whether the policy promises to accept the answer as it is, so that it may stream live.</param>
    /// <param name="reason">The reason, for the record.</param>
    public static RoutingDecision Call(int model, bool final = false, string? reason = null) =>
        new(CascadeActionKind.Call, model, final, null, reason);

    /// <summary>Pays for a verification of an answer.</summary>
    /// <param name="attempt">The attempt that gave the answer.</param>
    /// <param name="reason">The reason, for the record.</param>
    public static RoutingDecision Verify(RoutingAttempt attempt, string? reason = null)
    {
        ArgumentNullException.ThrowIfNull(attempt);
        return new(CascadeActionKind.Verify, attempt.Model, false, attempt, reason);
    }

    /// <summary>Returns an answer.</summary>
    /// <param name="attempt">The attempt that gave the answer.</param>
    /// <param name="reason">The reason, for the record.</param>
    public static RoutingDecision Accept(RoutingAttempt attempt, string? reason = null)
    {
        ArgumentNullException.ThrowIfNull(attempt);
        return new(CascadeActionKind.Accept, attempt.Model, false, attempt, reason);
    }

    /// <summary>Stops without vouching for any answer.</summary>
    /// <param name="reason">The reason, for the record.</param>
    public static RoutingDecision Abstain(string? reason = null) => new(CascadeActionKind.Abstain, -1, false, null, reason);

    /// <summary>Converts the decision to data for the record.</summary>
    /// <param name="models">The models of the pipeline.</param>
    /// <param name="beliefs">The beliefs on which the decision was made; null if the policy holds none.</param>
    internal DecisionRecord ToRecord(IReadOnlyList<ModelProfile> models, IReadOnlyList<double>? beliefs) => new()
    {
        Kind = Kind,
        Model = (uint)Model < (uint)models.Count ? models[Model].Name : null,
        IsFinal = IsFinal,
        Reason = Reason,
        Beliefs = beliefs,
    };

    /// <summary>Marks a call or a verification as made for learning only, after the answer was chosen.</summary>
    /// <param name="chosen">The answer that is chosen; null if the policy vouches for none.</param>
    internal RoutingDecision ForLearning(RoutingAttempt? chosen) => this with { IsForLearning = true, Chosen = chosen };
}
