using AutoMix.Tool.Providers;
using Microsoft.Extensions.AI;

namespace AutoMix.Tool.Collect;

/// <summary>What a verifier asks through: every call of it is in the journal, and its cost is added up.</summary>
internal sealed class VerificationClient(PaidCalls calls, ModelUnderCollection model, Question question, CallRecord answer, CancellationToken stop) : IChatClient
{
    /// <summary>The calls of the verification.</summary>
    public List<CallRecord> Made { get; } = [];

    public async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        ChatMessage[] sent = [.. messages];

        // The case itself is framed with a code that is new every time; what is judged is told by the answer's own key.
        CollectedCall call = CollectedCall.Of(model.Provider, question, CallPurpose.Verification, [answer.Key, sent[0].Text], sent, options?.Clone() ?? new ChatOptions());
        CallRecord record = await calls.AskAsync(model, call, stop).ConfigureAwait(false);
        Made.Add(record);
        return Response(record);
    }

    /// <summary>What came back, as a verifier reads it.</summary>
    public static ChatResponse Response(CallRecord record)
    {
        var response = new ChatResponse(new ChatMessage(ChatRole.Assistant, record.Text));
        if (record.LogProbabilities is { } tokens)
        {
            (response.AdditionalProperties ??= [])[LogProbabilityExtensions.PropertyName] = tokens;
        }

        return response;
    }

    public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException("A verification is not streamed.");

    public object? GetService(Type serviceType, object? serviceKey = null) => null;

    public void Dispose()
    {
    }
}
