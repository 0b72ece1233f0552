using Microsoft.Extensions.AI;

namespace AutoMix;

/// <summary>Makes the response from the chosen answer. It is a copy, because the client's own object may be shared or cached.</summary>
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

    /// <summary>Makes the last update of a stream, with the record and the usage of all calls.</summary>
    public static ChatResponseUpdate LastUpdate(RoutingAttempt chosen, ChatResponseUpdate? before, UsageDetails? usage, RoutingRecord record)
    {
        ChatResponse? answer = chosen.Response;
        var last = new ChatResponseUpdate
        {
            // Without a message id, the additional properties of an update belong to the response and not to a message.
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

    /// <summary>Marks tool calls and protected reasoning of an update with the model that wrote them, in a copy.</summary>
    public static ChatResponseUpdate Marked(ChatResponseUpdate update, string model)
    {
        if (!NeedsMarker(update.Contents))
        {
            return update;
        }

        // The marker stands on the contents, because properties of a message are lost when updates are put together.
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

    // Only the provider's own client can send its raw objects back.
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
