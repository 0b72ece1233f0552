namespace AutoMix;

/// <summary>The numbers of one model's answer to a <see cref="PendingRequest"/>.</summary>
/// <param name="SameAs">The first model that gave the same answer.</param>
/// <param name="Confidence">The confidence that the policy was shown; null where there was none.</param>
/// <param name="Cost">What the answer cost.</param>
/// <param name="VerifyDollars">What its verification cost; null where there was none.</param>
internal sealed record PendingAnswer(int SameAs, double? Confidence, CascadeCost Cost, double? VerifyDollars);
