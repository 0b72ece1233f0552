using Microsoft.Extensions.AI;

namespace AutoMix.Tests;

/// <summary>Requests and answers for verifiers outside of the pipeline.</summary>
internal static class Asked
{
    public static VerificationContext Context(string answer, Func<IReadOnlyList<ChatMessage>, ChatOptions?, string>? ask = null, string model = "small", double? threshold = null, params ChatMessage[] messages) =>
        new(
            messages.Length > 0 ? messages : [new(ChatRole.User, "How many legs has a spider?")],
            null,
            new ChatResponse(new ChatMessage(ChatRole.Assistant, answer)),
            model,
            threshold is { } edge ? [edge] : null,
            0.02,
            null,
            new Calls(ask));

    public static async Task<Verdict> OfAsync(this IVerifier verifier, VerificationContext context) => await verifier.VerifyAsync(context, default);

    public static Task<Verdict> OfAsync(this IVerifier verifier, string answer) => verifier.OfAsync(Context(answer));

    private sealed class Calls(Func<IReadOnlyList<ChatMessage>, ChatOptions?, string>? ask) : IVerificationCalls
    {
        public ValueTask<IReadOnlyList<VerificationReply>> AskAllAsync(IReadOnlyList<ChatMessage> messages, IReadOnlyList<ChatOptions> options, string model, CancellationToken cancellationToken)
        {
            var replies = new VerificationReply[options.Count];
            for (int i = 0; i < replies.Length; i++)
            {
                ChatOptions named = options[i].Clone();
                named.ModelId = model;
                replies[i] = ask is null ? new(null, "no calls here") : new(new ChatResponse(new ChatMessage(ChatRole.Assistant, ask(messages, named))), null);
            }

            return new(replies);
        }
    }
}
