using Microsoft.Extensions.AI;

namespace AutoMix;

/// <summary>The outcome of one model call of a verifier: a response, or the reason why there is none.</summary>
/// <param name="Response">The response; null if the call failed or was not allowed.</param>
/// <param name="Failure">Why there is no response.</param>
public readonly record struct VerificationReply(ChatResponse? Response, string? Failure);
