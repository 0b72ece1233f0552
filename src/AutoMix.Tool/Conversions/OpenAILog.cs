using System.Text.Json;

namespace AutoMix.Tool.Conversions;

/// <summary>
/// OpenAI's files: a batch's requests (<c>custom_id</c>, <c>body</c>) and its outputs (<c>custom_id</c>, <c>response.body</c>), completions that
/// carry their <c>messages</c>, and pairs of <c>request</c> and <c>response</c>. Requests come before the outputs, in the same or an earlier file.
/// </summary>
internal static class OpenAILog
{
    public static IEnumerable<LoggedCall?> Read(IEnumerable<string> paths)
    {
        var requests = new Dictionary<string, List<JsonElement>>(StringComparer.Ordinal);
        foreach (string path in paths)
        {
            foreach ((JsonElement root, _) in JsonLines.Read(path))
            {
                string? id = ChatJson.Text(root, "custom_id");
                if (id is not null && ChatJson.Find(root, "body") is { } asked)
                {
                    (requests.TryGetValue(id, out List<JsonElement>? same) ? same : requests[id] = []).Add(asked);
                    continue;
                }

                yield return Call(root, id, requests);
            }
        }
    }

    private static LoggedCall? Call(JsonElement root, string? id, Dictionary<string, List<JsonElement>> requests)
    {
        JsonElement completion = ChatJson.Find(root, "response", "body") ?? ChatJson.Find(root, "response") ?? root;
        string? answered = ChatJson.Text(completion, "model");
        JsonElement? request = ChatJson.Find(root, "request")
            ?? (id is not null && requests.TryGetValue(id, out List<JsonElement>? asked) ? Matching(asked, answered) : null);
        JsonElement? messages = request is { } found ? ChatJson.Find(found, "messages") : ChatJson.Find(root, "messages");
        return ChatJson.Question(messages) is { } question
            && ((request is { } named ? ChatJson.Text(named, "model") : null) ?? answered) is { Length: > 0 } model
            && ChatJson.Answer(completion) is { } answer
            ? new LoggedCall
            {
                QuestionId = id,
                System = question.System,
                Prompt = question.Prompt,
                Model = model,
                Answer = answer,
                InputTokens = (long)(ChatJson.Number(completion, "usage", "prompt_tokens") ?? 0),
                OutputTokens = (long)(ChatJson.Number(completion, "usage", "completion_tokens") ?? 0),
            }
            : null;
    }

    // Batches of several models may share their ids; the model that answers is the one asked for, with a date behind it.
    private static JsonElement? Matching(List<JsonElement> asked, string? answered) => asked.Count == 1
        ? asked[0]
        : asked.Where(request => answered?.StartsWith(ChatJson.Text(request, "model") ?? "\n", StringComparison.Ordinal) == true)
            .OrderByDescending(request => ChatJson.Text(request, "model")!.Length)
            .Select(request => (JsonElement?)request)
            .FirstOrDefault();
}
