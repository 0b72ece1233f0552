using System.Buffers;
using System.Text;
using Microsoft.Extensions.AI;

namespace AutoMix;

/// <summary>Upper estimates of token counts, for deciding before a call what fits and what it may cost.</summary>
internal static class TokenEstimate
{
    private const int PerMessage = 8;
    private const int PerMediaPart = 2_000;
    private static readonly SearchValues<char> Punctuation = SearchValues.Create("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~0123456789");

    /// <summary>
    /// Three bytes of UTF-8 a token, one token more for four bytes beyond one a character and for three punctuation marks:
    /// English has four characters a token, Chinese up to one and a half tokens a character, code a token for most marks.
    /// </summary>
    public static long OfText(string? text, Func<string, int>? counter)
    {
        if (string.IsNullOrEmpty(text))
        {
            return 0;
        }

        if (counter is not null)
        {
            try
            {
                // A text without tokens, or with less than none, is a counter that does not know this model.
                if (counter(text) is > 0 and var tokens)
                {
                    return tokens;
                }
            }
            catch (Exception)
            {
                // A tokenizer that cannot read this text must not fail the request; the bytes still can be counted.
            }
        }

        int bytes = Encoding.UTF8.GetByteCount(text);
        int punctuation = text.AsSpan().CountAny(Punctuation);
        return (bytes + 2) / 3 + (bytes - text.Length + 3) / 4 + (punctuation + 2) / 3;
    }

    public static long OfRequest(ReadOnlySpan<ChatMessage> messages, ChatOptions? options, Func<string, int>? counter)
    {
        long tokens = OfText(options?.Instructions, counter);
        foreach (ChatMessage message in messages)
        {
            tokens += PerMessage;
            IList<AIContent> contents = message.Contents;
            for (int j = 0; j < contents.Count; j++)
            {
                tokens += OfContent(contents[j], counter);
            }
        }

        if (options?.Tools is { Count: > 0 } tools)
        {
            foreach (AITool tool in tools)
            {
                tokens += PerMessage + OfText(tool.Name, counter) + OfText(tool.Description, counter);
                if (tool is AIFunctionDeclaration declaration)
                {
                    tokens += OfText(declaration.JsonSchema.GetRawText(), counter);
                }
            }
        }

        if (options?.ResponseFormat is ChatResponseFormatJson { Schema: { } schema })
        {
            tokens += OfText(schema.GetRawText(), counter);
        }

        return tokens;
    }

    /// <summary>Estimates the tokens that a model has written: texts, reasoning and tool calls, without the results of tools.</summary>
    public static long OfAnswer(ChatResponse response, Func<string, int>? counter)
    {
        long tokens = 0;
        IList<ChatMessage> messages = response.Messages;
        for (int m = 0; m < messages.Count; m++)
        {
            IList<AIContent> contents = messages[m].Contents;
            for (int c = 0; c < contents.Count; c++)
            {
                tokens += contents[c] is TextContent or TextReasoningContent or FunctionCallContent ? OfContent(contents[c], counter) : 0;
            }
        }

        return tokens;
    }

    public static long OfContent(AIContent content, Func<string, int>? counter) => content switch
    {
        TextContent text => OfText(text.Text, counter),
        TextReasoningContent reasoning => OfText(reasoning.Text, counter) + OfText(reasoning.ProtectedData, null),
        FunctionCallContent call => PerMessage + OfText(call.Name, counter) + OfArguments(call.Arguments, counter),
        FunctionResultContent result => PerMessage + OfValue(result.Result, counter),
        UsageContent => 0,
        DataContent data when IsText(data) => Math.Max(PerMediaPart, data.Uri.Length / 3),
        _ => PerMediaPart,
    };

    private static bool IsText(DataContent data) => data.HasTopLevelMediaType("text") || data.MediaType.EndsWith("json", StringComparison.OrdinalIgnoreCase)
        || data.MediaType.EndsWith("xml", StringComparison.OrdinalIgnoreCase) || data.MediaType.EndsWith("yaml", StringComparison.OrdinalIgnoreCase);

    private static long OfValue(object? value, Func<string, int>? counter) => value switch
    {
        null => 0,
        string text => OfText(text, counter),
        AIContent part => OfContent(part, counter),
        IEnumerable<AIContent> parts => parts.Sum(part => OfContent(part, counter)),
        _ => OfText(JsonValue.Of(value)?.GetRawText() ?? value.ToString(), counter),
    };

    private static long OfArguments(IDictionary<string, object?>? arguments, Func<string, int>? counter)
    {
        long tokens = 0;
        if (arguments is not null)
        {
            foreach ((string name, object? value) in arguments)
            {
                tokens += 2 + OfText(name, counter) + OfValue(value, counter);
            }
        }

        return tokens;
    }
}
