using Microsoft.Extensions.AI;

namespace AutoMix;

/// <summary>The tools that loops inside the models' clients have run for one request, as part of the history for the next model.</summary>
internal sealed class ToolHistory(ChatOptions? options, ToolRules rules)
{
    private readonly OnceTools? _once = options?.Tools is { Count: > 0 } ? new() : null;
    private readonly List<ChatMessage> _messages = [];

    /// <summary>The calls and results so far, to be sent after the messages of the request.</summary>
    public IReadOnlyList<ChatMessage> Messages => _messages;

    /// <summary>Creates the list in which the tool runs of one call are noted; null if no tools are offered.</summary>
    public List<ToolRun>? NewRuns() => _once is null ? null : [];

    /// <summary>Wraps the tools for one call; null if none are offered.</summary>
    public IList<AITool>? ToolsFor(ChatModel model, List<ToolRun>? runs) =>
        runs is null || options?.Tools is not { Count: > 0 } tools ? null : _once!.Wrap(tools, runs, tool => rules.Forbid(model.Index, tool));

    /// <summary>Keeps the tools that one call has run, even if the call failed afterwards.</summary>
    public void Keep(ChatResponse? response, List<ToolRun>? runs)
    {
        int before = _messages.Count;
        if (response is not null && (_once is not null || response.Messages.Count > 1))
        {
            KeepAnswered(response, runs);
        }

        if (_messages.Count > before || runs is null)
        {
            return;
        }

        lock (runs)
        {
            foreach (ToolRun run in runs)
            {
                if (!run.IsForbidden)
                {
                    _messages.Add(new(ChatRole.Assistant, [new FunctionCallContent(run.CallId, run.Name, run.Arguments)]));
                    _messages.Add(new(ChatRole.Tool, [new FunctionResultContent(run.CallId, run.Result)]));
                }
            }
        }
    }

    private void KeepAnswered(ChatResponse response, List<ToolRun>? runs)
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
                _messages.Add(new ChatMessage(message.Role, ran));
            }
        }
    }
}
