namespace AutoMix.Evaluation;

/// <summary>One operating point: what a policy's answers are worth and what they cost.</summary>
/// <param name="Accuracy">Mean quality, in [0, 1].</param>
/// <param name="Cost">Mean cost per query, in any one unit.</param>
public readonly record struct CostQuality(double Accuracy, double Cost);
