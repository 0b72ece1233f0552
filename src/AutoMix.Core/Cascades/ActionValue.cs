namespace AutoMix;

/// <summary>What one possible action is expected to be worth, when the plan is followed afterwards.</summary>
public readonly struct ActionValue
{
    internal ActionValue(CascadeAction action, double value)
    {
        Action = action;
        Value = value;
    }

    /// <summary>The action.</summary>
    public CascadeAction Action { get; internal init; }

    /// <summary>In the objective's unit: a correct answer is worth 1, and what is still to be paid is taken off.</summary>
    public double Value { get; }
}
