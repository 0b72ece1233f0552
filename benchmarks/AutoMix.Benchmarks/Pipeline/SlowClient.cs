using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace AutoMix.Benchmarks.Pipeline;

/// <summary>A model that takes its time before its first token, and none after it.</summary>
internal sealed class SlowClient(TimeSpan patience) : IChatClient
{
    private const int Pieces = 8;

    public const string Answer = "one one one one one one one one ";

    public async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        await Task.Delay(patience, cancellationToken).ConfigureAwait(false);
        return new(new ChatMessage(ChatRole.Assistant, Answer)) { FinishReason = ChatFinishReason.Stop, Usage = UsageOfOne() };
    }

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await Task.Delay(patience, cancellationToken).ConfigureAwait(false);
        for (int i = 0; i < Pieces; i++)
        {
            yield return new(ChatRole.Assistant, "one ");
        }

        yield return new(ChatRole.Assistant, [new UsageContent(UsageOfOne())]) { FinishReason = ChatFinishReason.Stop };
    }

    public object? GetService(Type serviceType, object? serviceKey = null) => null;

    public void Dispose()
    {
    }

    private static UsageDetails UsageOfOne() => new() { InputTokenCount = 12, OutputTokenCount = Pieces, TotalTokenCount = 12 + Pieces };
}
