using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.AI;
using OllamaSharp;

namespace AutoMix.EndToEnd.Ollama;

/// <summary>A server that speaks Ollama's protocol with a small model that does what a test says, a large one that answers, and the official .NET client for both.</summary>
internal sealed class OllamaServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private OllamaServer(WebApplication app) => _app = app;

    public static async Task<OllamaServer> StartAsync(RequestDelegate behave) => new(await LocalServer.StartAsync("/api/chat", async context =>
    {
        JsonNode body = (await JsonNode.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted))!;
        await ((string?)body["model"] == "small" ? behave(context) : context.Response.WriteAsync(Line("a whole ") + Line("answer", "stop"), context.RequestAborted));
    }));

    /// <summary>One line of an answer.</summary>
    public static string Line(string text, string? doneReason = null) => doneReason is null
        ? $$"""{"model":"llama","created_at":"2026-01-01T00:00:00Z","message":{"role":"assistant","content":"{{text}}"},"done":false}""" + "\n"
        : $$"""{"model":"llama","created_at":"2026-01-01T00:00:00Z","message":{"role":"assistant","content":"{{text}}"},"done":true,"done_reason":"{{doneReason}}","prompt_eval_count":10,"eval_count":5}""" + "\n";

    public IChatClient Client(string model) => new OllamaApiClient(new Uri(_app.Urls.First()), model);

    public ValueTask DisposeAsync() => LocalServer.EndAsync(_app);
}
