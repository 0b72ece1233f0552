namespace AutoMix;

/// <summary>One decision of an <see cref="IRoutingPolicy"/>.</summary>
/// <remarks>The default value is no decision: a policy that returns it has failed.</remarks>
public readonly record struct RoutingDecision
{
    // One more than the kind, so that what nobody decided is none of them.
    private readonly int _kind;

    private RoutingDecision(CascadeActionKind kind, int model, bool isFinal, RoutingAttempt? attempt, string? reason)
    {
        _kind = (int)kind + 1;
        Model = model;
        IsFinal = isFinal;
        Attempt = attempt;
        Reason = reason;
    }

    /// <summary>What to do; -1, which is none of the kinds, for the default value.</summary>
    public CascadeActionKind Kind => (CascadeActionKind)(_kind - 1);

    /// <summary>For a call: the index of the model.</summary>
    public int Model { get; }

    /// <summary>For a call: the policy promises to accept the answer as it is, so that it may stream live.</summary>
    public bool IsFinal { get; }

    /// <summary>For Verify and Accept: which attempt.</summary>
    public RoutingAttempt? Attempt { get; }

    /// <summary>Why, for the record.</summary>
    public string? Reason { get; }

    /// <summary>Ask a model.</summary>
    /// <param name="model">Its index; 0 is the first model.</param>
    /// <param name="final">The policy promises to accept the answer as it is, so that it may stream live.</param>
    /// <param name="reason">Why, for the record.</param>
    public static RoutingDecision Call(int model, bool final = false, string? reason = null) =>
        new(CascadeActionKind.Call, model, final, null, reason);

    /// <summary>Pay for a verification of an answer.</summary>
    /// <param name="attempt">The attempt that gave the answer.</param>
    /// <param name="reason">Why, for the record.</param>
    public static RoutingDecision Verify(RoutingAttempt attempt, string? reason = null)
    {
        ArgumentNullException.ThrowIfNull(attempt);
        return new(CascadeActionKind.Verify, attempt.Model, false, attempt, reason);
    }

    /// <summary>Return an answer.</summary>
    /// <param name="attempt">The attempt that gave the answer.</param>
    /// <param name="reason">Why, for the record.</param>
    public static RoutingDecision Accept(RoutingAttempt attempt, string? reason = null)
    {
        ArgumentNullException.ThrowIfNull(attempt);
        return new(CascadeActionKind.Accept, attempt.Model, false, attempt, reason);
    }

    /// <summary>Stop without vouching for any answer.</summary>
    /// <param name="reason">Why, for the record.</param>
    public static RoutingDecision Abstain(string? reason = null) => new(CascadeActionKind.Abstain, -1, false, null, reason);
}
