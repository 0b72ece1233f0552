using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace AutoMix.LogProbabilities;

/// <summary>
/// Asks for the log-probabilities of every answer and keeps them with it, so that they outlive streaming, response objects
/// put together from updates, and caches.
/// </summary>
/// <remarks>The caller's options are cloned, never changed. Read them with <see cref="LogProbabilityExtensions.GetLogProbabilities"/>.</remarks>
internal sealed class LogProbabilityChatClient : DelegatingChatClient
{
    private readonly ILogProbabilityProtocol _protocol;
    private readonly int _alternatives;

    /// <summary>Around a client.</summary>
    /// <param name="innerClient">The client to ask; disposed with this one.</param>
    /// <param name="protocol">How its SDK is asked.</param>
    /// <param name="alternatives">
    /// How many of the likeliest tokens to ask for at each place. With 0, certainty cannot be told from a missing number,
    /// and counts as missing.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="alternatives"/> is negative.</exception>
    public LogProbabilityChatClient(IChatClient innerClient, ILogProbabilityProtocol protocol, int alternatives = 1)
        : base(innerClient)
    {
        ArgumentNullException.ThrowIfNull(protocol);
        ArgumentOutOfRangeException.ThrowIfNegative(alternatives);
        _protocol = protocol;
        _alternatives = alternatives;
    }

    /// <inheritdoc/>
    public override async Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ChatResponse response = await base.GetResponseAsync(messages, WithRequest(options), cancellationToken).ConfigureAwait(false);
        IReadOnlyList<TokenLogProbability> tokens = _protocol.Read(response.RawRepresentation);
        if (tokens.Count > 0)
        {
            (response.AdditionalProperties ??= [])[LogProbabilityExtensions.PropertyName] = LogProbabilityJson.Write(tokens);
        }

        return response;
    }

    /// <inheritdoc/>
    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        List<TokenLogProbability> tokens = [];
        ChatResponseUpdate? last = null;
        await foreach (ChatResponseUpdate update in base.GetStreamingResponseAsync(messages, WithRequest(options), cancellationToken).ConfigureAwait(false))
        {
            tokens.AddRange(_protocol.Read(update.RawRepresentation));
            last = update;
            yield return update;
        }

        if (tokens.Count > 0)
        {
            // Without a message id: properties of an update with one go to the message and not to the response.
            yield return new ChatResponseUpdate
            {
                ResponseId = last!.ResponseId,
                ConversationId = last.ConversationId,
                CreatedAt = last.CreatedAt,
                ModelId = last.ModelId,
                Role = last.Role,
                AdditionalProperties = new() { [LogProbabilityExtensions.PropertyName] = LogProbabilityJson.Write(tokens) },
            };
        }
    }

    private ChatOptions WithRequest(ChatOptions? options)
    {
        ChatOptions own = options?.Clone() ?? new ChatOptions();
        _protocol.Request(own, _alternatives);
        return own;
    }
}
