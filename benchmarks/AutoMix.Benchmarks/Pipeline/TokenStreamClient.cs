using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace AutoMix.Benchmarks.Pipeline;

/// <summary>A model that streams so many updates, each of which the reader has to wait for.</summary>
internal sealed class TokenStreamClient(int updates) : IChatClient
{
    private readonly ChatResponseUpdate _token = new(ChatRole.Assistant, "one ");
    private readonly ChatResponseUpdate _last = new(ChatRole.Assistant, [new UsageContent(new() { InputTokenCount = 12, OutputTokenCount = updates, TotalTokenCount = 12 + updates })])
    {
        FinishReason = ChatFinishReason.Stop,
    };

    public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException();

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        for (int i = 1; i < updates; i++)
        {
            await Task.Yield();
            yield return _token;
        }

        await Task.Yield();
        yield return _last;
    }

    public object? GetService(Type serviceType, object? serviceKey = null) => null;

    public void Dispose()
    {
    }
}
