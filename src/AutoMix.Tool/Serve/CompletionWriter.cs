using System.Buffers;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace AutoMix.Tool.Serve;

/// <summary>
/// Answers on the wire. The SDK's own types are made for reading: written back, every chunk of a stream would have a finish reason and
/// none an id.
/// </summary>
internal sealed class CompletionWriter(string id, DateTimeOffset created)
{
    private static readonly JsonSerializerOptions Arguments = new(AIJsonUtilities.DefaultOptions) { WriteIndented = false };

    /// <summary>A whole answer.</summary>
    public byte[] Completion(ChatResponse response) => Write("chat.completion", response.ModelId, json =>
    {
        json.WriteStartArray("choices");
        json.WriteStartObject();
        json.WriteNumber("index", 0);
        json.WriteStartObject("message");
        json.WriteString("role", "assistant");
        FunctionCallContent[] calls = [.. response.Messages.SelectMany(message => message.Contents).OfType<FunctionCallContent>()];
        string text = response.Text;
        json.WriteString("content", text.Length == 0 && calls.Length > 0 ? null : text);
        json.WriteNull("refusal");
        if (calls.Length > 0)
        {
            WriteCalls(json, calls, firstIndex: null);
        }

        json.WriteEndObject();
        json.WriteNull("logprobs");
        json.WriteString("finish_reason", Reason(response.FinishReason, calls.Length > 0));
        json.WriteEndObject();
        json.WriteEndArray();
        WriteUsage(json, response.Usage);
    });

    /// <summary>The first chunk of a stream: who speaks.</summary>
    public byte[] Opening(string? model) => Chunk(model, json => json.WriteString("role", "assistant"), finish: null);

    /// <summary>A piece of text.</summary>
    public byte[] Text(string? model, string text) => Chunk(model, json => json.WriteString("content", text), finish: null);

    /// <summary>Tool calls, the first of which is number <paramref name="firstIndex"/> of the answer.</summary>
    public byte[] Calls(string? model, IReadOnlyList<FunctionCallContent> calls, int firstIndex) => Chunk(model, json => WriteCalls(json, calls, firstIndex), finish: null);

    /// <summary>The last chunk with a choice.</summary>
    public byte[] Closing(string? model, ChatFinishReason? reason, bool hasCalls) => Chunk(model, _ => { }, Reason(reason, hasCalls));

    /// <summary>The usage of all calls, after the answer.</summary>
    public byte[] Usage(string? model, UsageDetails? usage) => Write("chat.completion.chunk", model, json =>
    {
        json.WriteStartArray("choices");
        json.WriteEndArray();
        WriteUsage(json, usage);
    });

    private byte[] Chunk(string? model, Action<Utf8JsonWriter> delta, string? finish) => Write("chat.completion.chunk", model, json =>
    {
        json.WriteStartArray("choices");
        json.WriteStartObject();
        json.WriteNumber("index", 0);
        json.WriteStartObject("delta");
        delta(json);
        json.WriteEndObject();
        json.WriteNull("logprobs");
        json.WriteString("finish_reason", finish);
        json.WriteEndObject();
        json.WriteEndArray();
    });

    private byte[] Write(string kind, string? model, Action<Utf8JsonWriter> content)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("id", id);
            json.WriteString("object", kind);
            json.WriteNumber("created", created.ToUnixTimeSeconds());
            json.WriteString("model", model ?? ChatRequestReader.Model);
            content(json);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteCalls(Utf8JsonWriter json, IReadOnlyList<FunctionCallContent> calls, int? firstIndex)
    {
        json.WriteStartArray("tool_calls");
        for (int i = 0; i < calls.Count; i++)
        {
            json.WriteStartObject();
            if (firstIndex is { } first)
            {
                json.WriteNumber("index", first + i);
            }

            json.WriteString("id", calls[i].CallId);
            json.WriteString("type", "function");
            json.WriteStartObject("function");
            json.WriteString("name", calls[i].Name);
            json.WriteString("arguments", calls[i].Arguments is { } arguments ? JsonSerializer.Serialize(arguments, Arguments.GetTypeInfo(typeof(IDictionary<string, object?>))) : "{}");
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteUsage(Utf8JsonWriter json, UsageDetails? usage)
    {
        long input = usage?.InputTokenCount ?? 0;
        long output = usage?.OutputTokenCount ?? 0;
        json.WriteStartObject("usage");
        json.WriteNumber("prompt_tokens", input);
        json.WriteNumber("completion_tokens", output);
        json.WriteNumber("total_tokens", usage?.TotalTokenCount ?? input + output);
        json.WriteEndObject();
    }

    private static string Reason(ChatFinishReason? reason, bool hasCalls) => reason?.Value ?? (hasCalls ? ChatFinishReason.ToolCalls : ChatFinishReason.Stop).Value;
}
