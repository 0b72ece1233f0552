using System.ClientModel;
using System.ClientModel.Primitives;
using Microsoft.Extensions.AI;
using OllamaSharp;
using OpenAI;
using OpenAI.Chat;

namespace AutoMix.Tool.Providers;

/// <summary>Chat clients of the providers in a configuration file.</summary>
internal static class ProviderClients
{
    /// <param name="provider">What the file says.</param>
    /// <param name="folder">Where the file is.</param>
    public static IChatClient Create(ProviderOptions provider, string folder) => provider switch
    {
        { Endpoint: { } endpoint } => OnEndpoint(provider, endpoint),
        { Ollama: { } address } => new OllamaApiClient(address, provider.ModelId),
        _ => AssemblyProvider.Create(Path.Combine(folder, provider.Assembly!), provider.Factory!, provider.ModelId),
    };

    private static EndpointClient OnEndpoint(ProviderOptions provider, Uri endpoint)
    {
        // Servers of one's own often want no key, but the client wants something to send.
        string key = Environment.GetEnvironmentVariable(provider.ApiKeyVariable) is { Length: > 0 } found ? found : "none";

        // Who calls retries: a second layer of retries would hide what the first has to count, and a Retry-After.
        var exchange = new ExchangePolicy([.. provider.Headers.Where(header => !header.Value.Contains(ProviderOptions.QuestionId, StringComparison.Ordinal))]);
        var options = new OpenAIClientOptions { Endpoint = endpoint, RetryPolicy = new ClientRetryPolicy(0), NetworkTimeout = Timeout.InfiniteTimeSpan };
        options.AddPolicy(exchange, PipelinePosition.PerCall);
        return new EndpointClient(new ChatClient(provider.ModelId, new ApiKeyCredential(key), options).AsIChatClient(), exchange);
    }
}
