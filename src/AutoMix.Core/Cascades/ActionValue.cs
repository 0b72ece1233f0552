namespace AutoMix;

/// <summary>What one possible action is expected to be worth, when the plan is followed afterwards.</summary>
/// <param name="Action">The action.</param>
/// <param name="Value">In the objective's unit: a correct answer is worth 1, and what is still to be paid is taken off.</param>
public readonly record struct ActionValue(CascadeAction Action, double Value);
