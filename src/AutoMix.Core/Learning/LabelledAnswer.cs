namespace AutoMix.Learning;

/// <summary>What is known of one model's answer to a <see cref="LabelledRequest"/>.</summary>
/// <param name="Quality">How good it is, in [0, 1].</param>
/// <param name="Confidence">The confidence that was observed, in [0, 1]; null where none was.</param>
/// <param name="SameAs">The first model that gave the same answer; the model itself where there is none before it.</param>
internal readonly record struct LabelledAnswer(double Quality, double? Confidence, int SameAs);
