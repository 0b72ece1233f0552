using Microsoft.Extensions.AI;

namespace AutoMix;

/// <summary>What each model is sent. The caller's messages and options are copied where anything differs, never changed.</summary>
internal static class RequestMessages
{
    /// <summary>
    /// The messages of one call: those of the request where nothing differs. Provider-bound parts of the history (protected reasoning, raw representations) are sent
    /// only to the model that wrote them, since no other can read them.
    /// </summary>
    public static ChatMessage[] For(string model, ChatMessage[] messages, List<ChatMessage>? ran)
    {
        ChatMessage[]? copy = ran is null ? null : [.. messages, .. ran];
        for (int i = 0; i < messages.Length; i++)
        {
            if (messages[i].Role == ChatRole.Assistant && Portable(messages[i], model) is var portable && !ReferenceEquals(portable, messages[i]))
            {
                copy ??= [.. messages];
                copy[i] = portable;
            }
        }

        return copy ?? messages;
    }

    /// <summary>The options of one call; null where the caller gave none and nothing has to be said.</summary>
    public static ChatOptions? OptionsFor(ModelProfile profile, ChatOptions? options, IList<AITool>? tools)
    {
        if (options is null)
        {
            return profile.ModelId is null ? null : new ChatOptions { ModelId = profile.ModelId };
        }

        ChatOptions copy = options.Clone();
        copy.ModelId = profile.ModelId;
        copy.Tools = tools ?? copy.Tools;

        // An answer in the background is one that nobody has seen yet: there would be nothing to judge.
        copy.AllowBackgroundResponses = null;
        return copy;
    }

    /// <summary>The options of one verifying call: its own settings, the caller's additional properties, and the tag.</summary>
    public static ChatOptions OptionsForVerification(ModelProfile profile, ChatOptions own, ChatOptions? caller)
    {
        ChatOptions copy = own.Clone();
        copy.ModelId = profile.ModelId ?? own.ModelId;
        copy.AdditionalProperties ??= [];
        foreach ((string key, object? value) in caller?.AdditionalProperties ?? [])
        {
            copy.AdditionalProperties.TryAdd(key, value);
        }

        copy.AdditionalProperties[RequestTags.Purpose] = RequestTags.Verification;
        return copy;
    }

    /// <summary>The model that wrote an assistant message, where our marker says so.</summary>
    public static string? AuthorOf(ChatMessage message)
    {
        if (Marker(message.AdditionalProperties) is { } author)
        {
            return author;
        }

        foreach (AIContent content in message.Contents)
        {
            if (Marker(content.AdditionalProperties) is { } ofContent)
            {
                return ofContent;
            }
        }

        return null;
    }

    private static string? Marker(AdditionalPropertiesDictionary? properties) =>
        properties is not null && properties.TryGetValue(RequestTags.Model, out object? value) ? value?.ToString() : null;

    private static ChatMessage Portable(ChatMessage message, string model)
    {
        string? author = AuthorOf(message);
        if (author is not null && string.Equals(author, model, StringComparison.Ordinal))
        {
            return message;
        }

        bool isProtected = false;
        foreach (AIContent content in message.Contents)
        {
            isProtected |= content is TextReasoningContent { ProtectedData: not null };
        }

        bool foreign = author is not null && message.RawRepresentation is not null;
        if (!isProtected && !foreign)
        {
            return message;
        }

        ChatMessage copy = message.Clone();
        copy.RawRepresentation = null;
        copy.Contents = [];
        foreach (AIContent content in message.Contents)
        {
            if (content is TextReasoningContent { ProtectedData: not null } reasoning)
            {
                if (!string.IsNullOrEmpty(reasoning.Text))
                {
                    copy.Contents.Add(new TextReasoningContent(reasoning.Text) { AdditionalProperties = reasoning.AdditionalProperties });
                }
            }
            else
            {
                copy.Contents.Add(content);
            }
        }

        return copy;
    }
}
