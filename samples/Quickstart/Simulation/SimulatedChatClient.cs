using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace AutoMix.Quickstart;

/// <summary>A model that says what was drawn for it. Verifications are told by the pipeline's own tag on every call.</summary>
internal sealed class SimulatedChatClient(SimulatedModel model, IReadOnlyDictionary<string, SimulatedQuestion> questions) : IChatClient
{
    public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        string id = (string)options!.AdditionalProperties![RequestTags.RequestId]!;
        SimulatedAnswer answer = questions[id].Answers.First(one => one.Model == model);
        bool isVerification = options.AdditionalProperties.TryGetValue(RequestTags.Purpose, out string? purpose) && purpose == RequestTags.Verification;
        return Task.FromResult(isVerification
            ? Reply("Correct", new SimulatedVerdict(answer.Confidence), answer.VerificationTokens, 1)
            : Reply(answer.Text, null, answer.InputTokens, answer.OutputTokens));
    }

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ChatResponse response = await GetResponseAsync(messages, options, cancellationToken);
        foreach (ChatResponseUpdate update in response.ToChatResponseUpdates())
        {
            yield return update;
        }
    }

    public object? GetService(Type serviceType, object? serviceKey = null) => null;

    public void Dispose()
    {
        // Nothing is held.
    }

    private ChatResponse Reply(string text, SimulatedVerdict? verdict, int inputTokens, int outputTokens) =>
        new(new ChatMessage(ChatRole.Assistant, text))
        {
            ModelId = model.Name,
            FinishReason = ChatFinishReason.Stop,
            RawRepresentation = verdict,
            Usage = new UsageDetails
            {
                InputTokenCount = inputTokens,
                OutputTokenCount = outputTokens,
                TotalTokenCount = inputTokens + outputTokens,
            },
        };
}
