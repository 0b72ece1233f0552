using System.ClientModel.Primitives;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;
using OpenAI.Chat;
using ChatMessage = Microsoft.Extensions.AI.ChatMessage;

namespace AutoMix.Tool.Serve;

/// <summary>
/// Reads the body of a chat completion request. Messages are read by the official SDK; what the pipeline has a word for is translated, so
/// that every provider understands it; the rest is passed on as it is to providers that speak OpenAI's protocol.
/// </summary>
internal static class ChatRequestReader
{
    /// <summary>The model that routes.</summary>
    public const string Model = "automix";

    private static readonly HashSet<string> Translated = new(StringComparer.Ordinal)
    {
        "model", "messages", "stream", "stream_options", "n", "temperature", "top_p", "max_tokens", "max_completion_tokens", "stop", "seed",
        "frequency_penalty", "presence_penalty", "tools", "tool_choice", "parallel_tool_calls", "response_format", "logprobs", "top_logprobs",
    };

    /// <exception cref="ServeException">The request cannot be answered; the error names the parameter.</exception>
    public static ChatRequest Read(JsonElement body)
    {
        if (body.ValueKind != JsonValueKind.Object)
        {
            throw ServeException.BadRequest(null, "The body is not a JSON object.");
        }

        var fields = new JsonFields(body);
        string model = fields.Text("model") ?? throw ServeException.BadRequest("model", "'model' is missing.");
        if (model != Model)
        {
            throw ServeException.NotFound("model_not_found", "model", $"The model '{model}' does not exist here. Ask for '{Model}'.");
        }

        if (fields.Whole("n") is > 1)
        {
            throw ServeException.BadRequest("n", "'n' above 1 is not supported: a routed request has one answer.", "unsupported_parameter");
        }

        if (fields.Flag("logprobs") == true)
        {
            throw ServeException.BadRequest("logprobs", "'logprobs' is not supported: they belong to one model, and a request may be answered by any.", "unsupported_parameter");
        }

        bool stream = fields.Flag("stream") ?? false;
        bool usage = fields.Object("stream_options") is { } options && new JsonFields(options).Flag("include_usage") == true;
        return new ChatRequest(Messages(body), Options(body, fields), stream, usage);
    }

    private static List<ChatMessage> Messages(JsonElement body)
    {
        if (!body.TryGetProperty("messages", out JsonElement messages) || messages.ValueKind != JsonValueKind.Array || messages.GetArrayLength() == 0)
        {
            throw ServeException.BadRequest("messages", "'messages' is missing or empty.");
        }

        var read = new List<ChatMessage>();
        int index = 0;
        foreach (JsonElement message in messages.EnumerateArray())
        {
            try
            {
                read.AddRange(new[] { ModelReaderWriter.Read<OpenAI.Chat.ChatMessage>(BinaryData.FromString(message.GetRawText()))! }.AsChatMessages());
            }
            catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException or ArgumentException or KeyNotFoundException or NullReferenceException)
            {
                throw ServeException.BadRequest($"messages[{index}]", $"'messages[{index}]' is no message with a role and content that this server understands.");
            }

            index++;
        }

        return read;
    }

    private static ChatOptions Options(JsonElement body, JsonFields fields)
    {
        var options = new ChatOptions
        {
            Temperature = fields.Number("temperature", 0, 2),
            TopP = fields.Number("top_p", 0, 1),
            FrequencyPenalty = fields.Number("frequency_penalty", -2, 2),
            PresencePenalty = fields.Number("presence_penalty", -2, 2),
            MaxOutputTokens = Positive(fields, "max_completion_tokens") ?? Positive(fields, "max_tokens"),
            Seed = fields.Whole("seed"),
            StopSequences = fields.Texts("stop"),
            AllowMultipleToolCalls = fields.Flag("parallel_tool_calls"),
            Tools = ClientTool.ReadAll(body),
            ToolMode = ClientTool.ReadMode(body),
        };
        ResponseFormatReader.Read(fields, options);
        PassOn(body, options);
        return options;
    }

    private static int? Positive(JsonFields fields, string name) => fields.Whole(name) switch
    {
        null => null,
        long value and >= 1 and <= int.MaxValue => (int)value,
        _ => throw ServeException.BadRequest(name, $"'{name}' is a number of tokens, 1 or more."),
    };

    private static void PassOn(JsonElement body, ChatOptions options)
    {
        var rest = new JsonObject(body.EnumerateObject()
            .Where(property => !Translated.Contains(property.Name) && property.Value.ValueKind != JsonValueKind.Null)
            .Select(property => KeyValuePair.Create(property.Name, JsonNode.Parse(property.Value.GetRawText()))));
        if (rest.Count == 0)
        {
            return;
        }

        BinaryData text = BinaryData.FromString(rest.ToJsonString());
        try
        {
            ModelReaderWriter.Read<ChatCompletionOptions>(text);
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException or ArgumentException)
        {
            throw ServeException.BadRequest(null, $"A parameter has a value of the wrong kind: {e.Message}");
        }

        options.RawRepresentationFactory = client => client.GetService<ChatClient>() is null ? null : ModelReaderWriter.Read<ChatCompletionOptions>(text);
    }
}
