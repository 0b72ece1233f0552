using System.Globalization;
using System.Text.Json;

namespace AutoMix.Tool.Conversions;

/// <summary>Parts of chat requests and completions in OpenAI's form, which all logs share. What is missing is null or 0.</summary>
internal static class ChatJson
{
    public static JsonElement? Find(JsonElement root, params ReadOnlySpan<string> path)
    {
        foreach (string name in path)
        {
            if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty(name, out root) || root.ValueKind == JsonValueKind.Null)
            {
                return null;
            }
        }

        return root;
    }

    public static string? Text(JsonElement root, params ReadOnlySpan<string> path) => Find(root, path) switch
    {
        { ValueKind: JsonValueKind.String } text => text.GetString(),
        { ValueKind: JsonValueKind.Number } number => number.GetRawText(),
        _ => null,
    };

    /// <summary>A number, as a number or as a text.</summary>
    public static double? Number(JsonElement root, params ReadOnlySpan<string> path) =>
        double.TryParse(Text(root, path), NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && double.IsFinite(value) ? value : null;

    /// <summary>The system prompt and the last thing that the user said; null where the messages are anything but these two.</summary>
    public static (string System, string Prompt)? Question(JsonElement? messages)
    {
        if (messages is not { ValueKind: JsonValueKind.Array } list)
        {
            return null;
        }

        string system = "";
        string? prompt = null;
        foreach (JsonElement message in list.EnumerateArray())
        {
            string? text = Content(Find(message, "content"));
            switch (Text(message, "role"))
            {
                case "system" or "developer" when prompt is null && text is not null:
                    system = system.Length == 0 ? text : $"{system}\n{text}";
                    break;
                case "user" when prompt is null && text is not null:
                    prompt = text;
                    break;
                default:
                    return null;
            }
        }

        return prompt is null ? null : (system, prompt);
    }

    /// <summary>The text of the first choice of a completion; null where it is a tool call or nothing.</summary>
    public static string? Answer(JsonElement completion) =>
        Find(completion, "choices") is { ValueKind: JsonValueKind.Array } choices && choices.GetArrayLength() > 0 ? Content(Find(choices[0], "message", "content")) : null;

    private static string? Content(JsonElement? content) => content switch
    {
        { ValueKind: JsonValueKind.String } text => text.GetString(),
        { ValueKind: JsonValueKind.Array } parts when parts.EnumerateArray().All(part => Text(part, "type") is "text" or "input_text" or "output_text") => string.Concat(parts.EnumerateArray().Select(part => Text(part, "text"))),
        _ => null,
    };
}
