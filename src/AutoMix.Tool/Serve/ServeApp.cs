using AutoMix.Tool.Providers;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;

namespace AutoMix.Tool.Serve;

/// <summary>The server: an OpenAI-compatible endpoint in front of a pipeline, with a page that shows what it does.</summary>
internal sealed class ServeApp : IAsyncDisposable
{
    private static readonly string[] LoopbackHosts = ["localhost", "127.0.0.1", "[::1]"];
    private readonly WebApplication _app;

    private ServeApp(WebApplication app)
    {
        _app = app;
        Url = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
    }

    /// <summary>Where it listens.</summary>
    public Uri Url { get; }

    /// <exception cref="ArgumentException">It would be open to others without a key.</exception>
    /// <exception cref="InvalidOperationException">The plan or a setting does not fit the models.</exception>
    /// <exception cref="IOException">The address is in use.</exception>
    public static async Task<ServeApp> StartAsync(ServeSettings settings, CancellationToken cancellationToken)
    {
        bool isLoopback = ApiKey.IsLoopback(settings.Url);
        if (settings.ApiKey is null && !isLoopback)
        {
            throw new ArgumentException($"'{settings.Url}' can be reached from other machines, so clients need a key. Set the environment variable that --api-key-variable names, or listen on http://127.0.0.1.");
        }

        WebApplication app = Build(settings, isLoopback);
        try
        {
            Map(app, settings);
            await app.StartAsync(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await app.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        return new ServeApp(app);
    }

    /// <summary>Completes when the process is asked to stop.</summary>
    public Task WaitForShutdownAsync(CancellationToken cancellationToken) => _app.WaitForShutdownAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync().ConfigureAwait(false);
        await _app.DisposeAsync().ConfigureAwait(false);
    }

    private static WebApplication Build(ServeSettings settings, bool isLoopback)
    {
        ToolConfiguration configuration = settings.Configuration;
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls(settings.Url);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = configuration.Serve.MaxRequestBytes);
        builder.Logging.ClearProviders();
        builder.Logging.AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace).SetMinimumLevel(LogLevel.Warning);
        builder.Services.AddHostFiltering(filter => filter.AllowedHosts = configuration.Serve.AllowedHosts.Count > 0
            ? [.. LoopbackHosts, .. configuration.Serve.AllowedHosts]
            : isLoopback ? LoopbackHosts : ["*"]);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(Options.Create(Pipeline(settings)));
        if (configuration.Pipeline.Budgets.Count > 0)
        {
            builder.Services.AddSingleton(new InMemoryBudgetLedger(configuration.Pipeline.Budgets));
        }

        builder.Services.AddAutoMixChatClient(mix => Configure(mix, configuration));
        builder.Services.AddSingleton(services => services.GetRequiredService<IChatClient>().GetRequiredService<AutoMixChatClient>());
        builder.Services.AddSingleton(services => new Dashboard(
            services.GetRequiredService<AutoMixChatClient>(), configuration.Pipeline, services.GetService<InMemoryBudgetLedger>(), services.GetRequiredService<TimeProvider>()));
        builder.Services.AddSingleton<DashboardPage>();
        builder.Services.AddSingleton<PrometheusMetrics>();
        return builder.Build();
    }

    private static AutoMixOptions Pipeline(ServeSettings settings)
    {
        AutoMixOptions options = settings.Configuration.Pipeline;
        options.Plan = settings.Plan ?? (options.Plan is { Length: > 0 } plan ? Path.Combine(settings.Configuration.Folder, plan) : null);
        return options;
    }

    private static void Configure(AutoMixBuilder mix, ToolConfiguration configuration)
    {
        bool probabilities = configuration.Verification.Confidence == ConfidenceSource.AnswerProbability;
        foreach (ProviderOptions provider in configuration.Providers)
        {
            mix.AddModel(provider.Name, _ =>
            {
                IChatClient client = ProviderClients.Create(provider, configuration.Folder);
                return probabilities ? client.AsBuilder().UseLogProbabilities().Build() : client;
            });
        }

        _ = configuration.Verification.Create() is { } verifier ? mix.VerifyWith(verifier) : mix.Configure(o => o.PaidVerification = false);
        if (mix.Services.GetService<InMemoryBudgetLedger>() is { } ledger)
        {
            mix.Share(budgets: _ => ledger);
        }
    }

    private static void Map(WebApplication app, ServeSettings settings)
    {
        // The order is that of trust: errors have a shape, a lured browser gets nothing, a stranger only that the server lives.
        app.Use(ErrorResponses.HandleAsync);
        app.UseHostFiltering();
        if (settings.ApiKey is { } key)
        {
            app.Use(new ApiKey(key).CheckAsync);
        }

        AutoMixChatClient client = app.Services.GetRequiredService<AutoMixChatClient>();
        var chat = new ChatEndpoint(client, app.Services.GetRequiredService<Dashboard>(), [.. settings.Configuration.Serve.ForwardHeaders], TimeProvider.System);
        DashboardPage page = app.Services.GetRequiredService<DashboardPage>();
        app.MapPost("/v1/chat/completions", (RequestDelegate)chat.HandleAsync);
        app.MapGet("/v1/models", (RequestDelegate)ModelsEndpoint.ListAsync);
        app.MapGet("/v1/models/{model}", (RequestDelegate)ModelsEndpoint.FindAsync);
        app.MapGet("/healthz", (RequestDelegate)(context => context.Response.WriteAsync("ok")));
        app.MapGet("/metrics", (RequestDelegate)app.Services.GetRequiredService<PrometheusMetrics>().WriteAsync);
        app.MapGet("/", (RequestDelegate)DashboardPage.ShowAsync);
        app.MapGet("/events", (RequestDelegate)page.StreamAsync);
        app.MapFallback((RequestDelegate)(context => throw ServeException.NotFound(
            "unknown_url", null, $"There is nothing at {context.Request.Method} {context.Request.Path}.")));
    }
}
