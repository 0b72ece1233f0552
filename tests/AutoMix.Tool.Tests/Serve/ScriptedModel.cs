using System.Net;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace AutoMix.Tool.Serve;

/// <summary>A simulated model, made through the assembly provider, that does what the last message tells it to.</summary>
public sealed class ScriptedModel : IChatClient
{
    private readonly string _name;

    private ScriptedModel(string name) => _name = name;

    /// <summary>Completes when a request waits. The provider loads this assembly a second time, so the two share what the runtime keeps.</summary>
    public static TaskCompletionSource Waiting => Shared("automix.tests.waiting");

    /// <summary>Completes when a request that waits was cancelled.</summary>
    public static TaskCompletionSource Cancelled => Shared("automix.tests.cancelled");

    public static IChatClient Create(string model) => new ScriptedModel(model);

    public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ChatMessage last = messages.Last();
        if (last.Text == "wait")
        {
            Waiting.TrySetResult();
            try
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
            }
            finally
            {
                Cancelled.TrySetResult();
            }
        }

        if (last.Text.StartsWith("fail ", StringComparison.Ordinal))
        {
            throw new HttpRequestException("scripted failure", null, Enum.Parse<HttpStatusCode>(last.Text[5..]));
        }

        AIContent[] contents = last switch
        {
            { Text: "weather" } when options?.Tools is [AIFunctionDeclaration tool, ..] =>
                [new FunctionCallContent("call-1", tool.Name, new Dictionary<string, object?> { ["city"] = "Oslo", ["days"] = 2 }), new FunctionCallContent("call-2", tool.Name, new Dictionary<string, object?> { ["city"] = "Bergen" })],
            { Text: "options" } => [new TextContent($"{options?.Temperature} {options?.MaxOutputTokens} {options?.Seed} {string.Join('/', options?.StopSequences ?? [])} {options?.ToolMode}")],
            { Text: "schema" } => [new TextContent((options?.ResponseFormat as ChatResponseFormatJson)?.Schema is { } schema ? $$"""{"answer":"{{schema.GetProperty("type")}}"}""" : "no schema")],
            { Text: var judged } when judged.EndsWith("Grade:", StringComparison.Ordinal) => [new TextContent(judged.Contains("one two three", StringComparison.Ordinal) && !judged.Contains("never", StringComparison.Ordinal) ? "Correct" : "Incorrect")],
            { Role.Value: "tool" } => [new TextContent($"It is {last.Contents.OfType<FunctionResultContent>().First().Result} in Oslo.")],
            _ => [new TextContent("one "), new TextContent("two "), new TextContent("three")],
        };
        foreach (AIContent content in contents)
        {
            yield return new(ChatRole.Assistant, [content]) { ModelId = _name };
        }

        yield return new(ChatRole.Assistant, [new UsageContent(new() { InputTokenCount = 11, OutputTokenCount = 7, TotalTokenCount = 18 })])
        {
            FinishReason = contents[0] is FunctionCallContent ? ChatFinishReason.ToolCalls : ChatFinishReason.Stop,
            ModelId = _name,
        };
    }

    public object? GetService(Type serviceType, object? serviceKey = null) => serviceType.IsInstanceOfType(this) ? this : null;

    public void Dispose()
    {
    }

    private static TaskCompletionSource Shared(string name)
    {
        lock (typeof(AppContext))
        {
            if (AppContext.GetData(name) is not TaskCompletionSource shared)
            {
                shared = new(TaskCreationOptions.RunContinuationsAsynchronously);
                AppContext.SetData(name, shared);
            }

            return shared;
        }
    }
}
