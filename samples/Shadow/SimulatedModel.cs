using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace AutoMix.Samples.Shadow;

/// <summary>Stands in for a provider: right on a fixed share of the questions, those that are easy enough for it.</summary>
internal sealed class SimulatedModel(string name, double accuracy) : IChatClient
{
    public static bool IsRight(string answer) => answer.StartsWith("right", StringComparison.Ordinal);

    /// <summary>What a verifier would say: high for most right answers, lower for most wrong ones.</summary>
    public static double Confidence(string model, string answer)
    {
        double noise = RequestKeys.Uniform(2, RequestKeys.FromText(model + answer));
        return IsRight(answer) ? 1 - (0.4 * noise * noise) : 0.2 + (0.7 * noise);
    }

    public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        string question = messages.Last().Text;
        bool isRight = RequestKeys.Uniform(1, RequestKeys.FromText(question)) < accuracy;
        return Task.FromResult(new ChatResponse(new ChatMessage(ChatRole.Assistant, $"{(isRight ? "right" : $"wrong ({name})")} answer to {question}"))
        {
            ModelId = name,
            FinishReason = ChatFinishReason.Stop,
            Usage = new() { InputTokenCount = 200, OutputTokenCount = 50, TotalTokenCount = 250 },
        });
    }

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        foreach (ChatResponseUpdate update in (await GetResponseAsync(messages, options, cancellationToken).ConfigureAwait(false)).ToChatResponseUpdates())
        {
            yield return update;
        }
    }

    public object? GetService(Type serviceType, object? serviceKey = null) => serviceKey is null && serviceType.IsInstanceOfType(this) ? this : null;

    public void Dispose()
    {
    }
}
