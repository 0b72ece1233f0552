namespace AutoMix;

/// <summary>How one query ended.</summary>
/// <param name="Model">The model whose answer was accepted; -1 where the policy abstained.</param>
/// <param name="Quality">Quality of that answer, in [0, 1]; 0 for an abstention.</param>
/// <param name="Cost">What all calls and verifications cost together.</param>
public readonly record struct CascadeOutcome(int Model, double Quality, CascadeCost Cost);
