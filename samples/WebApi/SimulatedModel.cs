using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace AutoMix.Samples.WebApi;

/// <summary>Stands in for a provider, so that the sample runs without a key: every third vote of the small model is against its answer.</summary>
internal sealed class SimulatedModel(string name) : IChatClient
{
    private int _calls;

    public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        bool verification = options?.AdditionalProperties?.ContainsKey(RequestTags.Purpose) == true;
        int call = Interlocked.Increment(ref _calls);
        string text = verification
            ? $"Verification Decision: {(call % 3 == 0 ? "Incorrect" : "Correct")}"
            : $"[simulated answer of {name}] {messages.LastOrDefault()?.Text}";
        foreach (string word in text.Split(' '))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), cancellationToken);
            yield return new(ChatRole.Assistant, $"{word} ");
        }

        yield return new(ChatRole.Assistant, [new UsageContent(new() { InputTokenCount = 40, OutputTokenCount = text.Length / 4, TotalTokenCount = 40 + text.Length / 4 })])
        {
            FinishReason = ChatFinishReason.Stop,
            ModelId = name,
        };
    }

    public object? GetService(Type serviceType, object? serviceKey = null) => serviceType.IsInstanceOfType(this) ? this : null;

    public void Dispose()
    {
    }
}
