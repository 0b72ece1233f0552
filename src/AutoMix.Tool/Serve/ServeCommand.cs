using System.CommandLine;
using AutoMix.Tool.Providers;

namespace AutoMix.Tool.Serve;

/// <summary>automix serve: a plan behind an OpenAI-compatible endpoint.</summary>
internal static class ServeCommand
{
    public static Command Create()
    {
        var config = new Option<FileInfo>("--config") { Description = "The models, their prices, how answers are verified, and the settings of the pipeline (JSON).", Required = true };
        var plan = new Option<FileInfo?>("--plan") { Description = "The plan that train wrote. Default: the setting AutoMix:Plan; without either, small answers verify themselves against a threshold." };
        var url = new Option<string>("--url") { Description = "Where to listen. Anything but this machine needs an API key.", DefaultValueFactory = _ => "http://127.0.0.1:8080" };
        var key = new Option<string>("--api-key-variable") { Description = "The environment variable with the key that clients send. Without a value there, this machine needs none.", DefaultValueFactory = _ => "AUTOMIX_API_KEY" };
        var command = new Command(
            "serve",
            "Serve a plan to clients in any language: POST /v1/chat/completions (streaming, tools, JSON schema) with the model 'automix', GET /v1/models, /healthz, "
            + "/metrics for Prometheus, and a live dashboard at /.\n\n"
            + "Examples:\n  automix serve --config automix.json --plan plan.json\n"
            + "  AUTOMIX_API_KEY=... automix serve --config automix.json --plan plan.json --url http://0.0.0.0:8080")
        {
            config, plan, url, key,
        };
        command.SetAction((result, cancellationToken) => CommandAction.GuardAsync(result, async () =>
        {
            await using ServeApp app = await ServeApp.StartAsync(
                new ServeSettings
                {
                    Configuration = ToolConfiguration.Load(result.GetValue(config)!),
                    Plan = result.GetValue(plan)?.FullName,
                    Url = result.GetValue(url)!,
                    ApiKey = Environment.GetEnvironmentVariable(result.GetValue(key)!) is { Length: > 0 } value ? value : null,
                },
                cancellationToken).ConfigureAwait(false);
            await result.InvocationConfiguration.Output.WriteLineAsync($"Serving the model 'automix' at {new Uri(app.Url, "v1")}; the dashboard is at {app.Url}. Stop with Ctrl+C.").ConfigureAwait(false);
            await app.WaitForShutdownAsync(cancellationToken).ConfigureAwait(false);
            return ExitCodes.Success;
        }));
        return command;
    }
}
