using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace AutoMix;

/// <summary>A quiet server on a free port of this machine, for tests over real HTTP.</summary>
internal static class LocalServer
{
    /// <summary>Starts a server that answers what is posted to one path.</summary>
    public static async Task<WebApplication> StartAsync(string path, RequestDelegate answer)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        WebApplication app = builder.Build();
        app.MapPost(path, answer);
        await app.StartAsync();
        return app;
    }

    /// <summary>Ends it without waiting for what it never answers.</summary>
    public static async ValueTask EndAsync(WebApplication app)
    {
        using var soon = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        await app.StopAsync(soon.Token);
        await app.DisposeAsync();
    }
}
