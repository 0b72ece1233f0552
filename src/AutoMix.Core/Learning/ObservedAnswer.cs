namespace AutoMix.Learning;

/// <summary>What was observed of one model's answer to a request, before any label: numbers, no text.</summary>
/// <param name="SameAs">The first model that gave the same answer; the model itself where there is none before it.</param>
/// <param name="Confidence">The confidence that the policy was shown, in [0, 1]; null where there was none.</param>
/// <param name="Cost">What the answer cost.</param>
/// <param name="VerifyDollars">What its verification cost; null where there was none.</param>
internal sealed record ObservedAnswer(int SameAs, double? Confidence, CascadeCost Cost, double? VerifyDollars);
