using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.AI;

namespace AutoMix.Tests;

/// <summary>A provider that speaks the OpenAI chat-completions protocol over HTTP and does what a test says.</summary>
internal sealed class ProviderServer : IAsyncDisposable
{
    private readonly Dictionary<string, Func<Exchange, Task>> _models = [];
    private WebApplication _app = null!;

    private ProviderServer()
    {
    }

    public List<Exchange> Exchanges { get; } = [];

    public static async Task<ProviderServer> StartAsync()
    {
        var server = new ProviderServer();
        server._app = await LocalServer.StartAsync("/v1/chat/completions", server.HandleAsync);
        return server;
    }

    public int CallsOf(string model)
    {
        lock (Exchanges)
        {
            return Exchanges.Count(e => e.Model == model);
        }
    }

    /// <summary>The official client for a model that behaves as told. Its own retries are off: the pipeline decides.</summary>
    public IChatClient Client(string model, Func<Exchange, Task> behave)
    {
        _models[model] = behave;
        var options = new OpenAI.OpenAIClientOptions
        {
            Endpoint = new Uri($"{_app.Urls.First()}/v1"),
            RetryPolicy = new System.ClientModel.Primitives.ClientRetryPolicy(0),
        };
        return new OpenAI.Chat.ChatClient(model, new System.ClientModel.ApiKeyCredential("none"), options).AsIChatClient();
    }

    public ValueTask DisposeAsync() => LocalServer.EndAsync(_app);

    private async Task HandleAsync(HttpContext context)
    {
        JsonNode body = (await JsonNode.ParseAsync(context.Request.Body))!;
        var exchange = new Exchange(context, body);
        lock (Exchanges)
        {
            Exchanges.Add(exchange);
        }

        try
        {
            await _models[exchange.Model](exchange);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
        }
    }

    internal sealed class Exchange(HttpContext context, JsonNode body)
    {
        public string Model => (string)body["model"]!;

        public JsonNode Body => body;

        public bool IsStreaming => (bool?)body["stream"] == true;

        public CancellationToken Aborted => context.RequestAborted;

        public async Task FailAsync(HttpStatusCode status, string message, string? retryAfter = null)
        {
            context.Response.StatusCode = (int)status;
            if (retryAfter is not null)
            {
                context.Response.Headers.RetryAfter = retryAfter;
            }

            await context.Response.WriteAsJsonAsync(new JsonObject { ["error"] = new JsonObject { ["message"] = message, ["type"] = "error" } });
        }

        /// <summary>Answers, whole or word by word.</summary>
        public async Task AnswerAsync(string text, long input = 10, long output = 5)
        {
            if (!IsStreaming)
            {
                await context.Response.WriteAsJsonAsync(new JsonObject
                {
                    ["id"] = "c1",
                    ["object"] = "chat.completion",
                    ["created"] = 1,
                    ["model"] = Model,
                    ["choices"] = new JsonArray(new JsonObject
                    {
                        ["index"] = 0,
                        ["finish_reason"] = "stop",
                        ["message"] = new JsonObject { ["role"] = "assistant", ["content"] = text },
                    }),
                    ["usage"] = Usage(input, output),
                });
                return;
            }

            foreach (string word in Words(text))
            {
                await ChunkAsync(word);
            }

            await ChunkAsync(null, "stop");
            await WriteAsync(new JsonObject { ["id"] = "c1", ["object"] = "chat.completion.chunk", ["created"] = 1, ["model"] = Model, ["choices"] = new JsonArray(), ["usage"] = Usage(input, output) });
            await context.Response.WriteAsync("data: [DONE]\n\n");
        }

        /// <summary>Streams some words and, once they have been read, drops the connection.</summary>
        public async Task BreakOffAsync(Task read, params string[] words)
        {
            foreach (string word in words)
            {
                await ChunkAsync(word);
            }

            await read;
            context.Abort();
        }

        /// <summary>Streams some words and then ends in good order, without a finish reason.</summary>
        public async Task CutOffAsync(params string[] words)
        {
            foreach (string word in words)
            {
                await ChunkAsync(word);
            }

            await context.Response.WriteAsync("data: [DONE]\n\n");
        }

        public Task StallAsync() => Task.Delay(Timeout.Infinite, Aborted);

        private Task ChunkAsync(string? word, string? finish = null) => WriteAsync(new JsonObject
        {
            ["id"] = "c1",
            ["object"] = "chat.completion.chunk",
            ["created"] = 1,
            ["model"] = Model,
            ["choices"] = new JsonArray(new JsonObject
            {
                ["index"] = 0,
                ["finish_reason"] = finish,
                ["delta"] = word is null ? new JsonObject() : new JsonObject { ["role"] = "assistant", ["content"] = word },
            }),
        });

        private async Task WriteAsync(JsonObject chunk)
        {
            if (!context.Response.HasStarted)
            {
                context.Response.ContentType = "text/event-stream";
            }

            await context.Response.WriteAsync($"data: {chunk.ToJsonString(JsonSerializerOptions.Default)}\n\n");
            await context.Response.Body.FlushAsync();
        }

        private static IEnumerable<string> Words(string text)
        {
            int start = 0;
            for (int i = 1; i <= text.Length; i++)
            {
                if (i == text.Length || text[i] == ' ')
                {
                    yield return text[start..i];
                    start = i;
                }
            }
        }

        private static JsonObject Usage(long input, long output) =>
            new() { ["prompt_tokens"] = input, ["completion_tokens"] = output, ["total_tokens"] = input + output };
    }
}
