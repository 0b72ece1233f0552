using Microsoft.Extensions.AI;

namespace AutoMix;

// Tools: who may call them, and what has run already.
internal sealed partial class RequestRun
{
    /// <summary>Whether a tool is offered that this model may not call, so that its answer has to be seen before it is shown.</summary>
    private bool DemandsMore(ChatModel model)
    {
        if (_pipeline.ToolMinimum.Count == 0 || _state.Options?.Tools is not { Count: > 0 } tools)
        {
            return false;
        }

        foreach (AITool tool in tools)
        {
            if (_pipeline.ToolMinimum.TryGetValue(tool.Name, out int minimum) && model.Index < minimum)
            {
                return true;
            }
        }

        return false;
    }

    private void ExcludeBelow(int minimum, string tool)
    {
        for (int model = 0; model < minimum; model++)
        {
            _state.Exclude(model, $"the tool '{tool}' demands more");
        }
    }

    /// <summary>Tools that the model's own loop has run are part of the history for whoever answers next.</summary>
    private void KeepWhatRan(RoutingAttempt attempt)
    {
        if (_once is null && attempt.Response!.Messages.Count < 2)
        {
            return;
        }

        HashSet<string>? answered = null;
        foreach (ChatMessage message in attempt.Response!.Messages)
        {
            foreach (AIContent content in message.Contents)
            {
                if (content is FunctionResultContent result)
                {
                    (answered ??= new(StringComparer.Ordinal)).Add(result.CallId);
                }
            }
        }

        if (answered is null)
        {
            return;
        }

        foreach (ChatMessage message in attempt.Response.Messages)
        {
            List<AIContent> ran =
            [
                .. message.Contents.Where(c => c is FunctionCallContent call ? answered.Contains(call.CallId) : c is FunctionResultContent),
            ];
            if (ran.Count > 0)
            {
                (_ran ??= []).Add(new ChatMessage(message.Role, ran));
            }
        }
    }

    private void RememberAuthor(RoutingAttempt attempt)
    {
        if (attempt.Response!.ConversationId is { Length: > 0 } conversation)
        {
            _pipeline.Affinity.Remember(conversation, attempt.Model);
        }

        if (attempt.Kind == AnswerKind.ToolCall && _pipeline.Options.StickyToolLoop)
        {
            foreach (ChatMessage message in attempt.Response.Messages)
            {
                foreach (AIContent content in message.Contents)
                {
                    if (content is FunctionCallContent { CallId.Length: > 0 } call)
                    {
                        _pipeline.Affinity.Remember(call.CallId, attempt.Model);
                    }
                }
            }
        }
    }

    private static bool CountsAgainstModel(FailureKind kind) =>
        kind is FailureKind.RateLimit or FailureKind.Overload or FailureKind.Authentication or FailureKind.Timeout or FailureKind.CutOff or FailureKind.Other;
}
