using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace AutoMix.Samples;

/// <summary>Stands in for a provider, so that a sample runs without a key: what it says is written in the sample.</summary>
/// <param name="name">The model's name, as it reports it.</param>
/// <param name="answer">What it answers to the messages.</param>
/// <param name="vote">Whether it finds an answer correct, where it is asked to verify one; null for a model that is never asked.</param>
internal sealed class SimulatedModel(string name, Func<IReadOnlyList<ChatMessage>, AIContent> answer, Func<string, bool>? vote = null) : IChatClient
{
    public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ChatMessage[] asked = [.. messages];
        bool verification = options?.AdditionalProperties?.ContainsKey(RequestTags.Purpose) == true;
        AIContent content = verification
            ? new TextContent($"Verification Decision: {(vote?.Invoke(asked[^1].Text) == true ? "Correct" : "Incorrect")}")
            : answer(asked);
        long read = asked.Sum(message => message.Text.Length) / 4, written = content is TextContent text ? text.Text.Length / 4 : 20;
        return Task.FromResult(new ChatResponse(new ChatMessage(ChatRole.Assistant, [content]))
        {
            ModelId = name,
            FinishReason = content is FunctionCallContent ? ChatFinishReason.ToolCalls : ChatFinishReason.Stop,
            Usage = new() { InputTokenCount = read, OutputTokenCount = written, TotalTokenCount = read + written },
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
