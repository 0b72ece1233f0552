using AutoMix;

namespace Microsoft.Extensions.AI;

/// <summary>Adds AutoMix to a chain of chat clients.</summary>
/// <remarks>
/// Clients that one chain builds repeatedly, such as one a scope, share the spending under their budgets, the circuits of their models,
/// and what was noticed about their verifiers.
/// </remarks>
public static class AutoMixChatClientBuilderExtensions
{
    /// <summary>
    /// Puts AutoMix in front of the client that follows in the chain, which becomes the first model. Middleware that is added to the
    /// chain before this call wraps the whole pipeline. Middleware that is added after it wraps the first model only.
    /// </summary>
    /// <param name="builder">The chain.</param>
    /// <param name="configure">Adds the further models and changes settings. <see cref="AutoMixBuilder.Services"/> has the services.</param>
    /// <param name="optionsName">The name of the pipeline's own <see cref="AutoMixOptions"/>; null for the unnamed ones.</param>
    public static ChatClientBuilder UseAutoMix(this ChatClientBuilder builder, Action<AutoMixBuilder> configure, string? optionsName = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configure);
        var memory = new PipelineMemory();
        return builder.Use((inner, services) =>
        {
            var mix = new AutoMixBuilder(inner, services, optionsName) { Memory = memory };
            configure(mix);
            return mix.Build();
        });
    }
}
