using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace AutoMix.Tool.Serve;

/// <summary>The start page and the events that keep it up to date.</summary>
internal sealed class DashboardPage(Dashboard dashboard, TimeProvider time)
{
    // As often as an eye can follow; a busy server changes far more often.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    // A circuit closes by itself, and a proxy drops a connection on which nothing happens.
    private static readonly TimeSpan Refresh = TimeSpan.FromSeconds(5);
    private static readonly string Page = ReadPage();
    private static readonly string Policy =
        $"default-src 'none'; connect-src 'self'; img-src data:; style-src '{Hash("style")}'; script-src '{Hash("script")}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    public static Task ShowAsync(HttpContext context)
    {
        context.Response.ContentType = "text/html; charset=utf-8";
        context.Response.Headers.ContentSecurityPolicy = Policy;
        context.Response.Headers.XContentTypeOptions = "nosniff";
        context.Response.Headers["Referrer-Policy"] = "no-referrer";
        return context.Response.WriteAsync(Page, context.RequestAborted);
    }

    public async Task StreamAsync(HttpContext context)
    {
        CancellationToken aborted = context.RequestAborted;
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-cache";
        while (!aborted.IsCancellationRequested)
        {
            Task changed = dashboard.Changed;
            byte[] json = JsonSerializer.SerializeToUtf8Bytes(dashboard.Snapshot(), DashboardJson.Default.DashboardSnapshot);
            await context.Response.BodyWriter.WriteAsync((byte[])[.. "data: "u8, .. json, .. "\n\n"u8], aborted).ConfigureAwait(false);
            await Task.Delay(Pause, time, aborted).ConfigureAwait(false);
            await Task.WhenAny(changed, Task.Delay(Refresh, time, aborted)).ConfigureAwait(false);
        }
    }

    private static string ReadPage()
    {
        using Stream stream = typeof(DashboardPage).Assembly.GetManifestResourceStream("AutoMix.Tool.Serve.dashboard.html")!;
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }

    // The page's own script and style are allowed by what they are, and nothing else is.
    private static string Hash(string element)
    {
        int start = Page.IndexOf($"<{element}>", StringComparison.Ordinal) + element.Length + 2;
        int end = Page.IndexOf($"</{element}>", start, StringComparison.Ordinal);
        return $"sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Page[start..end])))}";
    }
}
