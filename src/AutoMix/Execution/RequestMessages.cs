using Microsoft.Extensions.AI;

namespace AutoMix;

/// <summary>Makes the messages and options of calls. The caller's own are never changed; they are copied if anything differs.</summary>
internal static class RequestMessages
{
    /// <summary>
    /// Makes the messages of one call; those of the request if nothing differs. Protected reasoning and raw representations in the history
    /// are sent only to the model that wrote them, because no other model can read them.
    /// </summary>
    public static ChatMessage[] For(string model, ChatMessage[] messages, IReadOnlyList<ChatMessage> ran)
    {
        ChatMessage[]? copy = ran.Count == 0 ? null : [.. messages, .. ran];
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

    /// <summary>Makes the options of one call; null if neither the caller nor the model has any.</summary>
    public static ChatOptions? OptionsFor(ModelProfile profile, ChatOptions? options, IList<AITool>? tools)
    {
        if (options is null)
        {
            return profile.ModelId is null ? null : new ChatOptions { ModelId = profile.ModelId };
        }

        ChatOptions copy = options.Clone();
        copy.ModelId = profile.ModelId;
        copy.Tools = tools ?? copy.Tools;

        // An answer that is made in the background cannot be judged.
        copy.AllowBackgroundResponses = null;
        return copy;
    }

    /// <summary>Makes the options of one verifying call: its own settings, the caller's additional properties, and the tag.</summary>
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

    /// <summary>Finds the model that wrote an assistant message by our marker; null without a marker.</summary>
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

        // A message without an author was made by the caller, raw objects included.
        bool isProtected = false;
        bool isForeign = author is not null && message.RawRepresentation is not null;
        foreach (AIContent content in message.Contents)
        {
            isProtected |= content is TextReasoningContent { ProtectedData: not null };
            isForeign |= author is not null && content.RawRepresentation is not null;
        }

        if (!isProtected && !isForeign)
        {
            return message;
        }

        ChatMessage copy = message.Clone();
        copy.RawRepresentation = null;
        copy.Contents = [];
        foreach (AIContent content in message.Contents)
        {
            if (content is not TextReasoningContent { ProtectedData: not null, Text: null or "" })
            {
                copy.Contents.Add(author is null && content is not TextReasoningContent ? content : Portable(content));
            }
        }

        return copy;
    }

    /// <summary>Copies a part without the data that only its provider can read. A part without such data, or of a kind that cannot be copied, is returned itself.</summary>
    public static AIContent Portable(AIContent content)
    {
        if (content.RawRepresentation is null && content is not TextReasoningContent { ProtectedData: not null })
        {
            return content;
        }

        AIContent? copy = content switch
        {
            TextContent text when text.GetType() == typeof(TextContent) => new TextContent(text.Text),
            TextReasoningContent reasoning => new TextReasoningContent(reasoning.Text),
            FunctionCallContent call when call.GetType() == typeof(FunctionCallContent) =>
                new FunctionCallContent(call.CallId, call.Name, call.Arguments) { Exception = call.Exception, InformationalOnly = call.InformationalOnly },
            FunctionResultContent result when result.GetType() == typeof(FunctionResultContent) => new FunctionResultContent(result.CallId, result.Result) { Exception = result.Exception },
            _ => null,
        };
        copy?.Annotations = content.Annotations;
        copy?.AdditionalProperties = content.AdditionalProperties;
        return copy ?? content;
    }
}
