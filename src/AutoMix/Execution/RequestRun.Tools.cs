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

    /// <summary>Why a model may not call a tool, which excludes all models that may not; null where it may.</summary>
    private string? WhyForbidden(ChatModel model, string tool)
    {
        if (!_pipeline.ToolMinimum.TryGetValue(tool, out int minimum) || model.Index >= minimum)
        {
            return null;
        }

        for (int weaker = 0; weaker < minimum; weaker++)
        {
            _state.Exclude(weaker, $"the tool '{tool}' demands more");
        }

        return $"the tool '{tool}' demands at least the model '{_pipeline.Profiles[minimum].Name}'";
    }

    /// <summary>What is wrong with the tool calls of an answer, and how wrong; null where nothing is.</summary>
    private (string Check, string Reason, AttemptStatus Status)? ToolObjection(ChatModel model, ChatResponse response, List<FunctionCallContent>? open, List<ToolRun>? runs)
    {
        foreach (FunctionCallContent call in open ?? [])
        {
            if (WhyForbidden(model, call.Name) is { } forbidden)
            {
                return ("tool-minimum", forbidden, AttemptStatus.Unusable);
            }
        }

        // A loop inside the model's client did not get to run it, but has built its answer on the refusal.
        if (runs?.Find(r => r.IsForbidden) is { } refused && WhyForbidden(model, refused.Name) is { } why)
        {
            return ("tool-minimum", why, AttemptStatus.Unusable);
        }

        return _state.Options switch
        {
            { ToolMode: NoneChatToolMode } when open is not null => ("tool-mode", "a tool is called although none may be", AttemptStatus.Unusable),
            { ToolMode: RequiredChatToolMode required, Tools.Count: > 0 } when !AnswerChecks.Calls(response, required.RequiredFunctionName) =>
                ("tool-mode", $"{(required.RequiredFunctionName is { } name ? $"the tool '{name}'" : "a tool")} had to be called and is not", AttemptStatus.Rejected),
            _ => null,
        };
    }

    /// <summary>The tools as one attempt may call them; null where none are offered.</summary>
    private IList<AITool>? ToolsFor(ChatModel model, List<ToolRun>? runs) => runs is null || _state.Options?.Tools is not { Count: > 0 } tools
        ? null
        : (_once ??= new()).Wrap(tools, runs, tool => _pipeline.ToolMinimum.TryGetValue(tool, out int minimum) && model.Index < minimum);

    /// <summary>
    /// Tools that the model's own loop has run are part of the history for whoever answers next, also where the model failed
    /// afterwards.
    /// </summary>
    private void KeepWhatRan(RoutingAttempt attempt, ModelCall call)
    {
        int before = _ran?.Count ?? 0;
        if (attempt.Response is { } response && (_once is not null || response.Messages.Count > 1))
        {
            KeepWhatRan(response, call.ToolRuns);
        }

        if ((_ran?.Count ?? 0) > before || call.ToolRuns is not { } runs)
        {
            return;
        }

        lock (runs)
        {
            foreach (ToolRun run in runs)
            {
                if (!run.IsForbidden)
                {
                    (_ran ??= []).Add(new(ChatRole.Assistant, [new FunctionCallContent(run.CallId, run.Name, run.Arguments)]));
                    _ran.Add(new(ChatRole.Tool, [new FunctionResultContent(run.CallId, run.Result)]));
                }
            }
        }
    }

    private void KeepWhatRan(ChatResponse response, List<ToolRun>? runs)
    {
        HashSet<string>? answered = null;
        foreach (ChatMessage message in response.Messages)
        {
            foreach (AIContent content in message.Contents)
            {
                if (content is FunctionResultContent result && runs?.Exists(r => r.IsForbidden && r.CallId == result.CallId) is not true)
                {
                    (answered ??= new(StringComparer.Ordinal)).Add(result.CallId);
                }
            }
        }

        if (answered is null)
        {
            return;
        }

        foreach (ChatMessage message in response.Messages)
        {
            List<AIContent> ran =
            [
                .. message.Contents.Where(c => c is FunctionCallContent call ? answered.Contains(call.CallId) : c is FunctionResultContent result && answered.Contains(result.CallId))
                    .Select(RequestMessages.Portable),
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
}
