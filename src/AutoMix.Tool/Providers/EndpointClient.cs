using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace AutoMix.Tool.Providers;

/// <summary>
/// The official OpenAI client on any compatible server, with two things that it has no place for: headers of a single call, and
/// log-probabilities in full precision (the SDK reads them as 32-bit floats).
/// </summary>
internal sealed class EndpointClient(IChatClient inner, ExchangePolicy exchange) : DelegatingChatClient(inner)
{
    /// <summary>Where a call's headers are in the additional properties of its options: a dictionary of texts.</summary>
    public const string HeadersProperty = "automix.tool.headers";

    public override async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        Exchange current = exchange.Begin(Headers(options), readsBody: true);
        ChatResponse response = await base.GetResponseAsync(messages, options, cancellationToken).ConfigureAwait(false);
        if (current.Body is { } body && LogProbabilityText.Read(body) is { } tokens)
        {
            (response.AdditionalProperties ??= [])[LogProbabilityExtensions.PropertyName] = tokens;
        }

        return response;
    }

    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        exchange.Begin(Headers(options), readsBody: false);
        await foreach (ChatResponseUpdate update in base.GetStreamingResponseAsync(messages, options, cancellationToken).ConfigureAwait(false))
        {
            yield return update;
        }
    }

    private static IEnumerable<KeyValuePair<string, string>>? Headers(ChatOptions? options) =>
        options?.AdditionalProperties?.TryGetValue(HeadersProperty, out object? value) == true ? value as IEnumerable<KeyValuePair<string, string>> : null;
}
