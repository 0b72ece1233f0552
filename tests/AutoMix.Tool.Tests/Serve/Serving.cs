using System.ClientModel;
using System.ClientModel.Primitives;
using System.Text.Json;
using AutoMix.Tool.Providers;
using OpenAI;
using OpenAI.Chat;

namespace AutoMix.Tool.Serve;

/// <summary>A server over the scripted model, or over what a configuration names.</summary>
internal sealed class Serving : IAsyncDisposable
{
    private readonly ToolRun _files;
    private readonly ServeApp _app;

    private Serving(ToolRun files, ServeApp app)
    {
        _files = files;
        _app = app;
    }

    public Uri Url => _app.Url;

    public static async Task<Serving> StartAsync(string? key = null, object? serve = null, object? pipeline = null)
    {
        var files = new ToolRun();
        File.WriteAllText(files.Path("automix.json"), JsonSerializer.Serialize(new
        {
            Providers = new[] { "small", "large" }.Select(name => new
            {
                Name = name,
                Assembly = typeof(ScriptedModel).Assembly.Location,
                Factory = $"{typeof(ScriptedModel).FullName}.{nameof(ScriptedModel.Create)}",
            }),
            Verification = new { Confidence = "None" },
            AutoMix = pipeline ?? new { Models = new { small = new { InputPrice = 1, OutputPrice = 2 }, large = new { InputPrice = 10, OutputPrice = 20 } } },
            Serve = serve ?? new { },
        }));
        return new Serving(files, await StartAsync(files.Path("automix.json"), null, key));
    }

    public static Task<ServeApp> StartAsync(string configuration, string? plan, string? key = null) => ServeApp.StartAsync(
        new ServeSettings { Configuration = ToolConfiguration.Load(new FileInfo(configuration)), Plan = plan, Url = "http://127.0.0.1:0", ApiKey = key },
        CancellationToken.None);

    /// <summary>The official client.</summary>
    public ChatClient Client(string model = "automix", string key = "none") => ClientOf(Url, model, key);

    public static ChatClient ClientOf(Uri url, string model = "automix", string key = "none", PipelinePolicy? policy = null)
    {
        var options = new OpenAIClientOptions { Endpoint = new Uri(url, "v1"), RetryPolicy = new ClientRetryPolicy(0) };
        if (policy is not null)
        {
            options.AddPolicy(policy, PipelinePosition.PerCall);
        }

        return new ChatClient(model, new ApiKeyCredential(key), options);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _files.Dispose();
    }
}
