using Microsoft.Extensions.AI;

namespace AutoMix.Tests;

/// <summary>The two ways to ask a chat client, which must decide alike.</summary>
public enum Mode
{
    Whole,
    Streaming,
}

internal static class ModeExtensions
{
    public static Task<ChatResponse> AskAsync(this IChatClient client, Mode mode, string question, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        client.AskAsync(mode, [new ChatMessage(ChatRole.User, question)], options, cancellationToken);

    public static async Task<ChatResponse> AskAsync(
        this IChatClient client,
        Mode mode,
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        CancellationToken cancellationToken = default) =>
        mode == Mode.Whole
            ? await client.GetResponseAsync(messages, options, cancellationToken)
            : await client.GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);
}
