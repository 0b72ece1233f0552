using Microsoft.Extensions.AI;

namespace AutoMix;

/// <summary>The executor's side of <see cref="VerificationContext"/>: metered, bounded calls.</summary>
internal interface IVerificationCalls
{
    ValueTask<IReadOnlyList<VerificationReply>> AskAllAsync(
        IReadOnlyList<ChatMessage> messages,
        IReadOnlyList<ChatOptions> options,
        string model,
        CancellationToken cancellationToken);
}
