using System.Text.Json;

namespace AutoMix.Tool.Conversions;

/// <summary>
/// Chat spans of Microsoft.Extensions.AI (the generative AI conventions of OpenTelemetry, with sensitive data on) in OTLP JSON, as the file
/// exporter of the collector writes them.
/// </summary>
internal static class OpenTelemetryLog
{
    private const double NanosecondsPerSecond = 1e9;

    public static IEnumerable<LoggedCall?> Read(string path)
    {
        foreach ((JsonElement root, _) in JsonLines.Read(path))
        {
            foreach (JsonElement span in Each(root, "resourceSpans").SelectMany(resource => Each(resource, "scopeSpans")).SelectMany(scope => Each(scope, "spans")))
            {
                Dictionary<string, JsonElement> tags = Each(span, "attributes")
                    .Where(tag => ChatJson.Text(tag, "key") is not null && ChatJson.Find(tag, "value") is not null)
                    .GroupBy(tag => ChatJson.Text(tag, "key")!, StringComparer.Ordinal)
                    .ToDictionary(group => group.Key, group => group.First().GetProperty("value"), StringComparer.Ordinal);
                if (Text(tags, "gen_ai.operation.name") == "chat")
                {
                    yield return Call(span, tags);
                }
            }
        }
    }

    private static LoggedCall? Call(JsonElement span, Dictionary<string, JsonElement> tags)
    {
        (string System, string? Prompt)? asked = Texts(Text(tags, "gen_ai.input.messages"));
        string? answer = Texts(Text(tags, "gen_ai.output.messages"))?.Prompt;
        return asked is { Prompt: { } prompt } question && answer is not null && (Text(tags, "gen_ai.request.model") ?? Text(tags, "gen_ai.response.model")) is { Length: > 0 } model
            ? new LoggedCall
            {
                System = Instructions(Text(tags, "gen_ai.system_instructions")) is { Length: > 0 } instructions ? instructions : question.System,
                Prompt = prompt,
                Model = model,
                Answer = answer,
                InputTokens = Whole(tags, "gen_ai.usage.input_tokens"),
                OutputTokens = Whole(tags, "gen_ai.usage.output_tokens"),
                Seconds = Math.Max(0, ((ChatJson.Number(span, "endTimeUnixNano") - ChatJson.Number(span, "startTimeUnixNano")) ?? 0) / NanosecondsPerSecond),
            }
            : null;
    }

    // The system's parts, and those of the only other message; null where there are more, or parts that are no text.
    private static (string System, string? Prompt)? Texts(string? json)
    {
        if (Parse(json) is not { ValueKind: JsonValueKind.Array } messages)
        {
            return null;
        }

        string system = "";
        string? prompt = null;
        foreach (JsonElement message in messages.EnumerateArray())
        {
            JsonElement[] parts = Each(message, "parts");
            if (parts.Length == 0 || parts.Any(part => ChatJson.Text(part, "type") != "text"))
            {
                return null;
            }

            string text = string.Concat(parts.Select(part => ChatJson.Text(part, "content")));
            if (ChatJson.Text(message, "role") == "system")
            {
                system += text;
            }
            else if (prompt is null)
            {
                prompt = text;
            }
            else
            {
                return null;
            }
        }

        return (system, prompt);
    }

    private static string Instructions(string? json) => Parse(json) is { ValueKind: JsonValueKind.Array } parts
        ? string.Concat(parts.EnumerateArray().Select(part => ChatJson.Text(part, "content")))
        : "";

    private static JsonElement? Parse(string? json)
    {
        if (json is null)
        {
            return null;
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static JsonElement[] Each(JsonElement root, string name) =>
        ChatJson.Find(root, name) is { ValueKind: JsonValueKind.Array } list ? [.. list.EnumerateArray()] : [];

    private static string? Text(Dictionary<string, JsonElement> tags, string name) => tags.TryGetValue(name, out JsonElement value) ? ChatJson.Text(value, "stringValue") : null;

    // Whole numbers are texts in OTLP JSON.
    private static long Whole(Dictionary<string, JsonElement> tags, string name) =>
        tags.TryGetValue(name, out JsonElement value) ? (long)(ChatJson.Number(value, "intValue") ?? ChatJson.Number(value, "doubleValue") ?? 0) : 0;
}
