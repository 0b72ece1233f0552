using AutoMix;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers the state that the processes of an application share through Redis.</summary>
public static class AutoMixRedisServiceCollectionExtensions
{
    /// <summary>
    /// Registers <see cref="AutoMixRedis"/> and its stores in the place of those in memory. The connection is the application's
    /// <see cref="IConnectionMultiplexer"/> where one is registered, and one of its own otherwise.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">Changes settings after those that are bound to <see cref="AutoMixRedisOptions"/>.</param>
    public static IServiceCollection AddAutoMixRedis(this IServiceCollection services, Action<AutoMixRedisOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        OptionsBuilder<AutoMixRedisOptions> options = services.AddOptions<AutoMixRedisOptions>();
        if (configure is not null)
        {
            options.Configure(configure);
        }

        services.TryAddSingleton(s => new AutoMixRedis(
            s.GetRequiredService<IOptions<AutoMixRedisOptions>>().Value, s.GetService<IConnectionMultiplexer>(), s.GetService<TimeProvider>()));
        services.Replace(ServiceDescriptor.Singleton(s => s.GetRequiredService<AutoMixRedis>().Circuits));
        services.Replace(ServiceDescriptor.Singleton(s => s.GetRequiredService<AutoMixRedis>().Counts));
        services.Replace(ServiceDescriptor.Singleton(s => s.GetRequiredService<AutoMixRedis>().Plans));
        services.Replace(ServiceDescriptor.Singleton(s => s.GetRequiredService<AutoMixRedis>().Leases));
        return services;
    }
}
