namespace AutoMix.Policies;

/// <summary>The outcome of one model's answer.</summary>
/// <param name="Model">Index of the model.</param>
/// <param name="Cost">The cost of the answer.</param>
/// <param name="Quality">The grade of the answer, in [0, 1]; null if it was not graded.</param>
/// <param name="Confidence">The observed confidence, in [0, 1]; null if there was none.</param>
public readonly record struct AnswerOutcome(int Model, CascadeCost Cost, double? Quality = null, double? Confidence = null);
