using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace AutoMix.Replay;

/// <summary>An OpenAI-compatible server that answers, verifies and bills as recorded. Runs beside a test or as a program.</summary>
public sealed class ReplayServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ChatCompletionsEndpoint _endpoint;

    private ReplayServer(WebApplication app, ChatCompletionsEndpoint endpoint, RecordedAnswers recordings)
    {
        _app = app;
        _endpoint = endpoint;
        Recordings = recordings;
        string address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        Endpoint = new Uri(new Uri(address), "v1");
    }

    /// <summary>The base address for clients, ending in <c>/v1</c>.</summary>
    public Uri Endpoint { get; }

    /// <summary>What is replayed.</summary>
    public RecordedAnswers Recordings { get; }

    /// <summary>Number of completions served since the start; refused requests do not count, repeated ones (<see cref="ReplayHeaders.IdempotencyKey"/>) count once.</summary>
    public int Completions => _endpoint.Completions;

    /// <summary>Starts a server.</summary>
    /// <exception cref="IOException">The address is in use.</exception>
    public static async Task<ReplayServer> StartAsync(RecordedAnswers recordings, ReplayOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(recordings);
        options ??= new ReplayOptions();
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Samples, 1, nameof(options));
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls(options.Url);
        builder.Logging.ClearProviders();
        WebApplication app = builder.Build();
        var endpoint = new ChatCompletionsEndpoint(recordings, options, TimeProvider.System);
        endpoint.Map(app);
        try
        {
            await app.StartAsync(cancellationToken);
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }

        return new ReplayServer(app, endpoint, recordings);
    }

    /// <summary>Completes when the process is asked to stop.</summary>
    public Task WaitForShutdownAsync(CancellationToken cancellationToken = default) => _app.WaitForShutdownAsync(cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
