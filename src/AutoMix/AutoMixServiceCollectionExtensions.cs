using AutoMix;
using Microsoft.Extensions.AI;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers AutoMix as the application's chat client.</summary>
/// <remarks>
/// All clients of one registration share, per service provider and whatever their lifetime, the spending under their budgets, the
/// circuits of their models, and what was noticed about their verifiers.
/// </remarks>
public static class AutoMixServiceCollectionExtensions
{
    /// <summary>Registers an <see cref="IChatClient"/> over models that are all added in <paramref name="configure"/>.</summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">Adds the models, cheapest first, and changes settings. <see cref="AutoMixBuilder.Services"/> has the services.</param>
    /// <param name="lifetime">The lifetime of the client.</param>
    /// <returns>The chain in front of the pipeline, for middleware that wraps all models.</returns>
    public static ChatClientBuilder AddAutoMixChatClient(
        this IServiceCollection services,
        Action<AutoMixBuilder> configure,
        ServiceLifetime lifetime = ServiceLifetime.Singleton)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        return services.AddChatClient(Factory(services, configure, null), lifetime);
    }

    /// <summary>Registers one of several pipelines as a keyed <see cref="IChatClient"/>, with options of its own.</summary>
    /// <param name="services">The services.</param>
    /// <param name="name">The key of the client, and the name of its <see cref="AutoMixOptions"/>.</param>
    /// <param name="configure">Adds the models, cheapest first, and changes settings. <see cref="AutoMixBuilder.Services"/> has the services.</param>
    /// <param name="lifetime">The lifetime of the client.</param>
    /// <returns>The chain in front of the pipeline, for middleware that wraps all models.</returns>
    public static ChatClientBuilder AddKeyedAutoMixChatClient(
        this IServiceCollection services,
        string name,
        Action<AutoMixBuilder> configure,
        ServiceLifetime lifetime = ServiceLifetime.Singleton)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(configure);
        return services.AddKeyedChatClient(name, Factory(services, configure, name), lifetime);
    }

    private static Func<IServiceProvider, IChatClient> Factory(IServiceCollection services, Action<AutoMixBuilder> configure, string? optionsName)
    {
        // Pipelines of shorter lives must not each have a budget of their own, nor forget which model is down.
        var key = new object();
        services.AddKeyedSingleton<PipelineMemory>(key);
        return provider =>
        {
            var mix = new AutoMixBuilder(provider, optionsName) { Memory = provider.GetRequiredKeyedService<PipelineMemory>(key) };
            configure(mix);
            return mix.Build();
        };
    }
}
