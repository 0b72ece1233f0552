namespace AutoMix.Policies;

/// <summary>What was learned about one model's answer.</summary>
/// <param name="Model">Index of the model.</param>
/// <param name="Cost">What the answer cost.</param>
/// <param name="Quality">How good it was, in [0, 1]; null where nobody said.</param>
/// <param name="Confidence">The confidence that was observed, in [0, 1]; null where none was.</param>
public readonly record struct AnswerOutcome(int Model, CascadeCost Cost, double? Quality = null, double? Confidence = null);
