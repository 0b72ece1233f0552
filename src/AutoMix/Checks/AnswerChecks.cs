using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace AutoMix;

/// <summary>The free checks that run on every answer. They make no call.</summary>
internal static class AnswerChecks
{
    /// <summary>The error in an answer's content or in its finish reason; null if there is none. IsEnd is true if a content filter ended the answer.</summary>
    public static (FailureKind Kind, string Message, bool IsEnd)? Failure(ChatResponse response)
    {
        IList<ChatMessage> messages = response.Messages;
        for (int m = 0; m < messages.Count; m++)
        {
            IList<AIContent> contents = messages[m].Contents;
            for (int c = 0; c < contents.Count; c++)
            {
                if (contents[c] is ErrorContent error)
                {
                    (FailureKind errorKind, string text) = Failure(error);
                    return (errorKind, text, false);
                }
            }
        }

        return FinishReasons.Failure(response.FinishReason) switch
        {
            FailureKind.ContentFilter => (FailureKind.ContentFilter, "The answer was stopped by a content filter.", true),
            { } kind => (kind, $"The answer ended with '{response.FinishReason}'.", false),
            null => null,
        };
    }

    /// <summary>The class and the text of an error that came as content.</summary>
    public static (FailureKind Kind, string Message) Failure(ErrorContent error)
    {
        string text = $"{error.ErrorCode} {error.Message} {error.Details}".Trim();
        return (FailureClassifier.FromText(error.ErrorCode, text) ?? FailureKind.CutOff, text);
    }

    /// <summary>The reason why an answer holds nothing for the user; null if it holds something.</summary>
    public static string? Emptiness(ChatResponse response)
    {
        bool anything = false;
        bool reasoning = false;
        bool thinking = false;
        bool called = false;
        bool endsWithResult = false;
        IList<ChatMessage> messages = response.Messages;
        for (int m = 0; m < messages.Count; m++)
        {
            IList<AIContent> contents = messages[m].Contents;
            endsWithResult &= contents.Count > 0;
            for (int c = 0; c < contents.Count; c++)
            {
                AIContent content = contents[c];
                endsWithResult = content is FunctionResultContent || (content is UsageContent && endsWithResult);
                switch (content)
                {
                    case TextReasoningContent:
                        reasoning |= !IsNothing(content);
                        break;
                    case FunctionCallContent:
                        called = true;
                        break;
                    case FunctionResultContent:
                        break;
                    case TextContent text:
                        if (!IsBlank(text.Text))
                        {
                            if (text.Text.AsSpan().TrimStart() is not ['<', ..] || !IsThinkingOnly(response.Text))
                            {
                                return null;
                            }

                            thinking = true;
                        }

                        anything |= !string.IsNullOrEmpty(text.Text);
                        break;
                    default:
                        if (!IsNothing(content))
                        {
                            return null;
                        }

                        break;
                }
            }
        }

        // A result of a tool is an answer only if it ended the loop.
        return endsWithResult || (called && OpenToolCalls(response) is not null) ? null
            : reasoning || thinking ? "the answer is reasoning only" : anything ? "the answer is white space only" : "the answer is empty";
    }

    /// <summary>Whether a part is empty. Adapters make such parts of events that they do not know.</summary>
    public static bool IsNothing(AIContent? content) => content switch
    {
        null or UsageContent => true,
        TextContent text => IsBlank(text.Text),
        TextReasoningContent reasoning => IsBlank(reasoning.Text) && string.IsNullOrEmpty(reasoning.ProtectedData),
        _ => content.GetType() == typeof(AIContent),
    };

    /// <summary>
    /// White space, and the characters that show nothing: zero-width spaces and joiners, byte order marks, tags, fillers of Hangul,
    /// the empty Braille pattern, marks that stand on nothing.
    /// </summary>
    public static bool IsBlank(string? text)
    {
        foreach (Rune rune in (text ?? "").EnumerateRunes())
        {
            if (!Rune.IsWhiteSpace(rune) && rune.Value is not (0x115F or 0x1160 or 0x3164 or 0xFFA0 or 0x2800)
                && Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark))
            {
                return false;
            }
        }

        return true;
    }

    // Some servers do not separate a model's reasoning from its answer and leave the tags in the text.
    private static bool IsThinkingOnly(string text)
    {
        ReadOnlySpan<char> rest = text.AsSpan().TrimStart();
        if (!rest.StartsWith("<think>", StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        int end = rest.LastIndexOf("</think>", StringComparison.OrdinalIgnoreCase);
        return end < 0 || IsBlank(rest[(end + "</think>".Length)..].ToString());
    }

    /// <summary>
    /// The tool calls that are still to be made, those that ask for approval included; calls whose results came with the answer,
    /// or that are there for information only, have been made.
    /// </summary>
    public static List<FunctionCallContent>? OpenToolCalls(ChatResponse response)
    {
        List<FunctionCallContent>? calls = null;
        HashSet<string>? answered = null;
        IList<ChatMessage> messages = response.Messages;
        for (int m = 0; m < messages.Count; m++)
        {
            IList<AIContent> contents = messages[m].Contents;
            for (int c = 0; c < contents.Count; c++)
            {
                AIContent content = contents[c];
                if (Asked(content) is { } call)
                {
                    (calls ??= []).Add(call);
                }
                else if (content is FunctionResultContent result)
                {
                    (answered ??= new(StringComparer.Ordinal)).Add(result.CallId);
                }
            }
        }

        if (calls is not null && answered is not null)
        {
            calls.RemoveAll(call => answered.Contains(call.CallId));
        }

        return calls is { Count: > 0 } ? calls : null;
    }

    /// <summary>Whether the answer asks for something other than a reply in words: a tool, an approval, an input.</summary>
    public static bool IsToolCall(ChatResponse response, List<FunctionCallContent>? open)
    {
        if (open is not null)
        {
            return true;
        }

        IList<ChatMessage> messages = response.Messages;
        for (int m = 0; m < messages.Count; m++)
        {
            IList<AIContent> contents = messages[m].Contents;
            for (int c = 0; c < contents.Count; c++)
            {
                AIContent content = contents[c];
                if (content is InputRequestContent)
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static FunctionCallContent? Asked(AIContent content) => content switch
    {
        FunctionCallContent { InformationalOnly: false } call => call,
        ToolApprovalRequestContent { ToolCall: FunctionCallContent call } => call,
        _ => null,
    };

    /// <summary>Whether a tool is called, made already or not.</summary>
    /// <param name="response">The answer.</param>
    /// <param name="name">The tool; any if null.</param>
    public static bool Calls(ChatResponse response, string? name) =>
        response.Messages.Any(m => m.Contents.Any(c => (Asked(c) ?? c as FunctionCallContent) is { } call && (name is null || call.Name == name)));

    /// <summary>The text of the last assistant message with text. Text between the turns of a loop inside the client is not the answer.</summary>
    public static string LastText(ChatResponse response)
    {
        for (int m = response.Messages.Count - 1; m >= 0; m--)
        {
            if (response.Messages[m] is { Role: var role, Text: { Length: > 0 } text } && role == ChatRole.Assistant)
            {
                return text;
            }
        }

        return response.Text;
    }

    /// <summary>Checks tool calls against the tools that were offered.</summary>
    public static SchemaResult ToolCalls(List<FunctionCallContent> calls, ChatOptions? options)
    {
        // A client below may hold tools of its own, and then nothing is known about names.
        if (options?.Tools is not { Count: > 0 } tools)
        {
            return SchemaResult.Unknown("", "no tools were offered, so the call cannot be validated");
        }

        SchemaResult result = SchemaResult.Valid;
        foreach (FunctionCallContent call in calls)
        {
            result = result.And(ToolCall(call, tools));
        }

        return result;
    }

    /// <summary>Checks the text of an answer against a JSON response format; valid if none was asked for.</summary>
    public static SchemaResult ResponseFormat(string text, ChatOptions? options)
    {
        if (options?.ResponseFormat is not ChatResponseFormatJson format)
        {
            return SchemaResult.Valid;
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(text);
            return format.Schema is { } schema ? JsonSchema.Validate(document.RootElement, schema) : SchemaResult.Valid;
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            // Half a surrogate pair is no argument for a reader of JSON.
            return SchemaResult.Invalid("", "is not JSON");
        }
    }

    private static SchemaResult ToolCall(FunctionCallContent call, IList<AITool> tools)
    {
        if (call.Exception is not null)
        {
            return SchemaResult.Invalid(call.Name, "has arguments that cannot be read");
        }

        AIFunctionDeclaration? declaration = null;
        foreach (AITool tool in tools)
        {
            if (tool is AIFunctionDeclaration function && string.Equals(function.Name, call.Name, StringComparison.Ordinal))
            {
                declaration = function;
                break;
            }
        }

        if (declaration is null)
        {
            return SchemaResult.Invalid(call.Name, "is not one of the tools that were offered");
        }

        try
        {
            JsonElement arguments = call.Arguments is null
                ? JsonSerializer.Deserialize("{}"u8, AIJsonUtilities.DefaultOptions.GetTypeInfo(typeof(JsonElement))) is JsonElement empty ? empty : default
                : JsonSerializer.SerializeToElement(call.Arguments, AIJsonUtilities.DefaultOptions.GetTypeInfo(typeof(IDictionary<string, object?>)));
            return JsonSchema.Validate(arguments, declaration.JsonSchema) is { Outcome: not SchemaOutcome.Valid } problem
                ? problem with { Reason = $"{call.Name}: {problem.Reason}" }
                : SchemaResult.Valid;
        }
        catch (Exception)
        {
            // An object of a client may throw anything when it is read.
            return SchemaResult.Unknown(call.Name, "the arguments hold an object that cannot be written as JSON");
        }
    }
}
