using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace AutoMix.Samples.CustomVerifier;

/// <summary>Stands in for a model, so that the sample runs without a key: it has one answer for each task.</summary>
internal sealed class SimulatedCoder(IReadOnlyDictionary<string, string> answers) : IChatClient
{
    public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        string text = answers[messages.Last().Text];
        return Task.FromResult(new ChatResponse(new ChatMessage(ChatRole.Assistant, text))
        {
            FinishReason = ChatFinishReason.Stop,
            Usage = new() { InputTokenCount = 20, OutputTokenCount = text.Length / 4, TotalTokenCount = 20 + (text.Length / 4) },
        });
    }

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        foreach (ChatResponseUpdate update in (await GetResponseAsync(messages, options, cancellationToken)).ToChatResponseUpdates())
        {
            yield return update;
        }
    }

    public object? GetService(Type serviceType, object? serviceKey = null) => serviceType.IsInstanceOfType(this) ? this : null;

    public void Dispose()
    {
    }
}
