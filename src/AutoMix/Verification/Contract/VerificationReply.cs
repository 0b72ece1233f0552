using Microsoft.Extensions.AI;

namespace AutoMix;

/// <summary>What came of one model call that a verifier made: a response, or why there is none.</summary>
/// <param name="Response">The response; null where the call failed or was not allowed.</param>
/// <param name="Failure">Why there is no response.</param>
public readonly record struct VerificationReply(ChatResponse? Response, string? Failure);
