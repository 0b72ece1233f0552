using Microsoft.Extensions.AI;

namespace AutoMix;

/// <summary>Excludes the models that cannot take a request, before the policy is asked.</summary>
internal static class Admission
{
    public static void Apply(Pipeline pipeline, RequestState state)
    {
        pipeline.SharedCircuits?.Refresh();
        Modalities? needed = null;
        bool fitsSomewhere = false;
        int widest = -1;
        long widestTokens = 0;
        foreach (ChatModel model in pipeline.Models)
        {
            if (model.Circuit.OpenFor is { } wait)
            {
                state.Exclude(model.Index, FormattableString.Invariant($"its circuit is open for another {wait.TotalSeconds:0.#} s"));
                continue;
            }

            if (!model.IsRestricted)
            {
                fitsSomewhere = true;
                continue;
            }

            ModelProfile profile = model.Profile;
            if (WhyUnreadable(profile, needed ??= ModalitiesOf(state.MessageArray)) is { } unreadable)
            {
                state.Exclude(model.Index, unreadable);
            }
            else if (!profile.SupportsTools && state.Options?.Tools is { Count: > 0 } && state.Options.ToolMode is not NoneChatToolMode)
            {
                state.Exclude(model.Index, "it cannot call tools");
            }
            else if (!profile.SupportsStructuredOutput && state.Options?.ResponseFormat is ChatResponseFormatJson)
            {
                state.Exclude(model.Index, "it cannot follow a JSON response format");
            }
            else if (profile.ContextWindow is { } window)
            {
                long tokens = TokenEstimate.OfRequest(state.MessageArray, state.Options, profile.CountTokens) + (state.Options?.MaxOutputTokens ?? 0);
                if (tokens <= window)
                {
                    fitsSomewhere = true;
                    continue;
                }

                state.Exclude(model.Index, $"about {tokens} tokens do not fit its context window of {window}");
                if (window > widestTokens)
                {
                    widest = model.Index;
                    widestTokens = window;
                }
            }
            else
            {
                fitsSomewhere = true;
            }
        }

        // The estimate is an upper one. If it excludes every model, the one with the widest window is tried before the request is refused.
        if (!fitsSomewhere && widest >= 0)
        {
            state.Readmit(widest);
        }

        StayWithAuthor(pipeline, state);
    }

    /// <summary>Says why a model cannot read messages; null if it can.</summary>
    public static string? WhyUnreadable(ModelProfile profile, ChatMessage[] messages) =>
        profile.Modalities == Modalities.All ? null : WhyUnreadable(profile, ModalitiesOf(messages));

    private static string? WhyUnreadable(ModelProfile profile, Modalities needed) =>
        (needed & ~profile.Modalities) is var missing and not Modalities.None ? $"it cannot read {missing.ToString().ToLowerInvariant()}" : null;

    private static Modalities ModalitiesOf(ChatMessage[] messages)
    {
        Modalities needed = Modalities.Text;
        foreach (ChatMessage message in messages)
        {
            foreach (AIContent content in message.Contents)
            {
                needed |= ContentModality.Of(content);
                if (content is FunctionResultContent { Result: IEnumerable<AIContent> parts })
                {
                    foreach (AIContent part in parts)
                    {
                        needed |= ContentModality.Of(part);
                    }
                }
                else if (content is FunctionResultContent { Result: AIContent part })
                {
                    needed |= ContentModality.Of(part);
                }
            }
        }

        return needed;
    }

    // A conversation that a provider keeps can only be continued there. A tool loop stays with its model by choice.
    private static void StayWithAuthor(Pipeline pipeline, RequestState state)
    {
        if (state.Options?.ConversationId is { Length: > 0 } conversation)
        {
            int owner = pipeline.Affinity.ModelOf(conversation) ?? 0;
            state.Pin(owner);
            ExcludeOthers(pipeline, state, owner, "the conversation is kept by another provider");
            return;
        }

        if (!pipeline.Options.StickyToolLoop || ToolCallMessage(state.MessageArray) is not { } calling)
        {
            return;
        }

        string? author = RequestMessages.AuthorOf(calling);
        int? model = author is null ? CallAuthor(pipeline, calling) : IndexOf(pipeline, author);
        if (model is { } index && state.CanCall(index))
        {
            state.Pin(index);
            ExcludeOthers(pipeline, state, index, RequestState.Sticky);
        }
    }

    /// <summary>Finds the assistant message whose tool calls are answered at the end of the history; null outside a tool loop.</summary>
    private static ChatMessage? ToolCallMessage(ChatMessage[] messages)
    {
        bool results = false;
        for (int i = messages.Length - 1; i >= 0; i--)
        {
            ChatMessage message = messages[i];
            if (message.Role == ChatRole.Assistant)
            {
                return results && Holds<FunctionCallContent>(message) ? message : null;
            }

            if (!Holds<FunctionResultContent>(message))
            {
                return null;
            }

            results = true;
        }

        return null;
    }

    private static bool Holds<T>(ChatMessage message)
        where T : AIContent
    {
        IList<AIContent> contents = message.Contents;
        for (int i = 0; i < contents.Count; i++)
        {
            if (contents[i] is T)
            {
                return true;
            }
        }

        return false;
    }

    private static int? CallAuthor(Pipeline pipeline, ChatMessage calling)
    {
        foreach (AIContent content in calling.Contents)
        {
            if (content is FunctionCallContent call && pipeline.Affinity.ModelOf(call.CallId) is { } model)
            {
                return model;
            }
        }

        return null;
    }

    private static int? IndexOf(Pipeline pipeline, string name)
    {
        foreach (ChatModel model in pipeline.Models)
        {
            if (string.Equals(model.Name, name, StringComparison.Ordinal))
            {
                return model.Index;
            }
        }

        return null;
    }

    private static void ExcludeOthers(Pipeline pipeline, RequestState state, int keep, string reason)
    {
        foreach (ChatModel model in pipeline.Models)
        {
            if (model.Index != keep)
            {
                state.Exclude(model.Index, reason);
            }
        }
    }
}
