using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using OllamaSharp;

namespace AutoMix.EndToEnd.Ollama;

/// <summary>A server that speaks Ollama's protocol with a small model that does what a test says, a large one that answers, and the official .NET client for both.</summary>
internal sealed class OllamaServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private OllamaServer(WebApplication app) => _app = app;

    public static async Task<OllamaServer> StartAsync(Func<HttpContext, Task> behave)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var server = new OllamaServer(builder.Build());
        server._app.MapPost("/api/chat", async context =>
        {
            JsonNode body = (await JsonNode.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted))!;
            await ((string?)body["model"] == "small" ? behave(context) : context.Response.WriteAsync(Line("a whole ") + Line("answer", "stop"), context.RequestAborted));
        });
        await server._app.StartAsync();
        return server;
    }

    /// <summary>One line of an answer.</summary>
    public static string Line(string text, string? doneReason = null) => doneReason is null
        ? $$"""{"model":"llama","created_at":"2026-01-01T00:00:00Z","message":{"role":"assistant","content":"{{text}}"},"done":false}""" + "\n"
        : $$"""{"model":"llama","created_at":"2026-01-01T00:00:00Z","message":{"role":"assistant","content":"{{text}}"},"done":true,"done_reason":"{{doneReason}}","prompt_eval_count":10,"eval_count":5}""" + "\n";

    public IChatClient Client(string model) => new OllamaApiClient(new Uri(_app.Urls.First()), model);

    public async ValueTask DisposeAsync()
    {
        using var soon = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        await _app.StopAsync(soon.Token);
        await _app.DisposeAsync();
    }
}
