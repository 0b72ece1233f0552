using Microsoft.Extensions.AI;

namespace AutoMix;

/// <summary>Makes the response out of the chosen answer: a copy, since the client's own object may be shared or cached.</summary>
internal static class ResponseBuilder
{
    public static ChatResponse Build(RoutingAttempt chosen, UsageDetails? usage, RoutingRecord record)
    {
        ChatResponse answer = chosen.Response!;
        return new ChatResponse(MarkedMessages(answer, chosen.ModelName))
        {
            ResponseId = answer.ResponseId,
            ConversationId = answer.ConversationId,
            ModelId = answer.ModelId ?? chosen.ModelName,
            CreatedAt = answer.CreatedAt,
            FinishReason = answer.FinishReason,
            ContinuationToken = answer.ContinuationToken,
            RawRepresentation = answer.RawRepresentation,
            Usage = usage,
            AdditionalProperties = Properties(answer.AdditionalProperties, record),
        };
    }

    /// <summary>The last update of a stream: the record, and the usage of all calls, once.</summary>
    public static ChatResponseUpdate LastUpdate(RoutingAttempt chosen, ChatResponseUpdate? before, UsageDetails? usage, RoutingRecord record)
    {
        ChatResponse? answer = chosen.Response;
        var last = new ChatResponseUpdate
        {
            // No message id: what an update with one says in its additional properties belongs to the message, not to the response.
            Role = before?.Role ?? ChatRole.Assistant,
            AuthorName = before?.AuthorName,
            ResponseId = before?.ResponseId ?? answer?.ResponseId,
            ConversationId = before?.ConversationId ?? answer?.ConversationId,
            ModelId = before?.ModelId ?? answer?.ModelId ?? chosen.ModelName,
            CreatedAt = before?.CreatedAt ?? answer?.CreatedAt,
            FinishReason = answer?.FinishReason,
            AdditionalProperties = Properties(null, record),
        };
        if (usage is not null)
        {
            last.Contents.Add(new UsageContent(usage));
        }

        return last;
    }

    /// <summary>A copy of an update whose contents say which model wrote them, where that matters for what comes next.</summary>
    public static ChatResponseUpdate Marked(ChatResponseUpdate update, string model)
    {
        if (!NeedsMarker(update.Contents))
        {
            return update;
        }

        // On the contents, since what a stream says of a message is not kept when its updates are put together.
        ChatResponseUpdate copy = update.Clone();
        copy.Contents = [.. update.Contents.Select(c => Marked(c, model))];
        return copy;
    }

    private static List<ChatMessage> MarkedMessages(ChatResponse answer, string model)
    {
        var messages = new List<ChatMessage>(answer.Messages.Count);
        for (int i = 0; i < answer.Messages.Count; i++)
        {
            ChatMessage message = answer.Messages[i];
            if (message.Role != ChatRole.Assistant || !(NeedsMarker(message.Contents) || HasRaw(message)))
            {
                messages.Add(message);
                continue;
            }

            ChatMessage copy = message.Clone();
            copy.AdditionalProperties = message.AdditionalProperties is null ? [] : new(message.AdditionalProperties);
            copy.AdditionalProperties[RequestTags.Model] = model;
            copy.Contents = [.. message.Contents.Select(c => Marked(c, model))];
            messages.Add(copy);
        }

        return messages;
    }

    // Objects of a provider's own, which only its client can send back.
    private static bool HasRaw(ChatMessage message)
    {
        for (int i = 0; i < message.Contents.Count; i++)
        {
            if (message.Contents[i]?.RawRepresentation is not null)
            {
                return true;
            }
        }

        return message.RawRepresentation is not null;
    }

    private static bool NeedsMarker(IList<AIContent> contents)
    {
        for (int i = 0; i < contents.Count; i++)
        {
            if (contents[i] is FunctionCallContent or TextReasoningContent { ProtectedData: not null })
            {
                return true;
            }
        }

        return false;
    }

    private static AIContent Marked(AIContent content, string model)
    {
        AIContent? copy = content switch
        {
            FunctionCallContent call when call.GetType() == typeof(FunctionCallContent) => new FunctionCallContent(call.CallId, call.Name, call.Arguments)
            {
                Exception = call.Exception,
                InformationalOnly = call.InformationalOnly,
            },
            TextReasoningContent { ProtectedData: not null } reasoning => new TextReasoningContent(reasoning.Text) { ProtectedData = reasoning.ProtectedData },
            _ => null,
        };
        if (copy is null)
        {
            return content;
        }

        copy.Annotations = content.Annotations;
        copy.RawRepresentation = content.RawRepresentation;
        copy.AdditionalProperties = content.AdditionalProperties is null ? [] : new(content.AdditionalProperties);
        copy.AdditionalProperties[RequestTags.Model] = model;
        return copy;
    }

    private static AdditionalPropertiesDictionary Properties(AdditionalPropertiesDictionary? own, RoutingRecord record)
    {
        AdditionalPropertiesDictionary properties = own is null ? [] : new(own);
        properties[RequestTags.Record] = RoutingRecordExtensions.Wrap(record);
        return properties;
    }
}
