using System.ClientModel;
using System.ClientModel.Primitives;
using Microsoft.Extensions.AI;
using OpenAI;
using OpenAI.Chat;

namespace AutoMix.Samples.WebApi;

/// <summary>Chat clients as the section Providers says; without an endpoint, a simulated model that is labelled as one.</summary>
internal static class Providers
{
    public static IChatClient Create(IServiceProvider services, string name)
    {
        IConfigurationSection section = services.GetRequiredService<IConfiguration>().GetSection($"Providers:{name}");
        string model = section["Model"] ?? name;
        if (section["Endpoint"] is not { Length: > 0 } endpoint)
        {
            return new SimulatedModel(model);
        }

        string key = Environment.GetEnvironmentVariable(section["ApiKeyVariable"] ?? "OPENAI_API_KEY") ?? "none";

        // The pipeline fails over and keeps the circuit; retries below it would only hide a Retry-After.
        var options = new OpenAIClientOptions { Endpoint = new Uri(endpoint), RetryPolicy = new ClientRetryPolicy(0) };
        return new ChatClient(model, new ApiKeyCredential(key), options).AsIChatClient();
    }
}
