namespace AutoMix;

/// <summary>The reason why a call may not be made now.</summary>
/// <param name="Reason">The reason, as the end of a sentence.</param>
/// <param name="Limit">The limit that refuses the call; null if the model's circuit is open.</param>
internal sealed record Refusal(string Reason, LimitKind? Limit);
