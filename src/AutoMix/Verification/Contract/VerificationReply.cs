using Microsoft.Extensions.AI;

namespace AutoMix;

/// <summary>The outcome of one model call of a verifier: a response, or the reason why there is none.</summary>
/// <param name="response">The response; null if the call failed or was not allowed.</param>
/// <param name="failure">The reason why there is no response.</param>
public sealed class VerificationReply(ChatResponse? response, string? failure)
{
    /// <summary>The response; null if the call failed or was not allowed.</summary>
    public ChatResponse? Response => response;

    /// <summary>The reason why there is no response.</summary>
    public string? Failure => failure;
}
