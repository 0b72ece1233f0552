using System.Text;
using Microsoft.Extensions.AI;

namespace AutoMix;

/// <summary>The parts of a request as a verifying model is shown them, in text.</summary>
internal static class ShownText
{
    /// <summary>All parts of a message that have a text.</summary>
    public static string Of(ChatMessage message)
    {
        IList<AIContent> contents = message.Contents;
        if (contents is [TextContent only])
        {
            return only.Text;
        }

        var shown = new StringBuilder();
        bool runsOn = false;
        for (int i = 0; i < contents.Count; i++)
        {
            if (Of(contents[i]) is { Length: > 0 } text)
            {
                // Text runs on from part to part; a document stands on lines of its own.
                shown.Append(shown.Length > 0 && !(runsOn && contents[i] is TextContent) ? "\n" : "").Append(text);
                runsOn = contents[i] is TextContent;
            }
        }

        return shown.ToString();
    }

    /// <summary>The text of a part; null if it has none.</summary>
    public static string? Of(AIContent content) => content switch
    {
        TextContent text => text.Text,
        DataContent data when data.HasTopLevelMediaType("text") => Encoding.UTF8.GetString(data.Data.Span),
        FunctionResultContent result => OfValue(result.Result),
        _ => null,
    };

    /// <summary>The kind of the first part of a message that cannot be shown in text; null if all parts can.</summary>
    public static string? WhatIsNot(ChatMessage message)
    {
        for (int i = 0; i < message.Contents.Count; i++)
        {
            if (WhatIsNot(message.Contents[i]) is { } kind)
            {
                return kind;
            }
        }

        return null;
    }

    private static string? WhatIsNot(AIContent content) => content switch
    {
        DataContent data when data.HasTopLevelMediaType("text") => null,
        UriContent uri when ContentModality.Of(uri) == Modalities.Text => "linked text",
        FunctionResultContent { Result: AIContent part } => WhatIsNot(part),
        FunctionResultContent { Result: IEnumerable<AIContent> parts } => parts.Select(WhatIsNot).FirstOrDefault(kind => kind is not null),
        FunctionResultContent => null,

        // A tool that a provider has run: its results are of any kind.
        ToolResultContent => "result of a provider's tool",
        _ => ContentModality.Of(content) is var kind and not Modalities.Text ? kind.ToString().ToLowerInvariant() : null,
    };

    private static string? OfValue(object? value) => value switch
    {
        null => null,
        string text => text,
        AIContent part => Of(part),
        IEnumerable<AIContent> parts => string.Join('\n', parts.Select(Of)),
        _ => JsonValue.Of(value)?.GetRawText() ?? value.ToString(),
    };
}
