using Microsoft.Extensions.AI;
using OpenAI.Chat;

namespace AutoMix.LogProbabilities;

/// <summary>Log-probabilities of chat completions through the official OpenAI SDK, whatever server it is pointed at.</summary>
public sealed class OpenAILogProbabilityProtocol : ILogProbabilityProtocol
{
    private OpenAILogProbabilityProtocol()
    {
    }

    /// <summary>The only instance.</summary>
    public static OpenAILogProbabilityProtocol Instance { get; } = new();

    /// <inheritdoc/>
    public void Request(ChatOptions options, int alternatives)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfNegative(alternatives);
        Func<IChatClient, object?>? others = options.RawRepresentationFactory;
        options.RawRepresentationFactory = client =>
        {
            object? raw = others?.Invoke(client);
            if (raw is not null and not ChatCompletionOptions)
            {
                // Another SDK's options: its client is the one that is called, and this protocol has nothing to say to it.
                return raw;
            }

            ChatCompletionOptions request = (ChatCompletionOptions?)raw ?? new ChatCompletionOptions();
            request.IncludeLogProbabilities = true;
            if (alternatives > 0)
            {
                request.TopLogProbabilityCount = Math.Max(alternatives, request.TopLogProbabilityCount ?? 0);
            }

            return request;
        };
    }

    /// <inheritdoc/>
    public IReadOnlyList<TokenLogProbability> Read(object? rawRepresentation) => rawRepresentation switch
    {
        ChatCompletion completion => Read(completion.ContentTokenLogProbabilities),
        StreamingChatCompletionUpdate update => Read(update.ContentTokenLogProbabilities),
        _ => [],
    };

    private static TokenLogProbability[] Read(IReadOnlyList<ChatTokenLogProbabilityDetails>? tokens) =>
        tokens is null or [] ? [] : [.. tokens.Select(Read)];

    private static TokenLogProbability Read(ChatTokenLogProbabilityDetails token)
    {
        TokenAlternative[] alternatives =
            [.. (token.TopLogProbabilities ?? []).Select(top => new TokenAlternative(top.Token, top.LogProbability))];

        // The SDK reads a missing number as 0, which would mean certainty. A 0 counts only where the alternatives repeat it.
        bool isMissing = token.LogProbability == 0 && !Array.Exists(alternatives, top => top.Token == token.Token && top.LogProbability == 0);
        return new TokenLogProbability(token.Token, isMissing ? double.NaN : token.LogProbability, alternatives);
    }
}
