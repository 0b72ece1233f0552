using Microsoft.Extensions.AI;

namespace AutoMix.Benchmarks.Pipeline;

/// <summary>A model that has answered before it is asked: the same completed task every time.</summary>
internal sealed class CompletedClient : IChatClient
{
    private readonly Task<ChatResponse> _response = Task.FromResult(new ChatResponse(new ChatMessage(ChatRole.Assistant, "Paris"))
    {
        FinishReason = ChatFinishReason.Stop,
        Usage = new() { InputTokenCount = 12, OutputTokenCount = 3, TotalTokenCount = 15 },
    });

    public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) => _response;

    public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException();

    public object? GetService(Type serviceType, object? serviceKey = null) => null;

    public void Dispose()
    {
    }
}
