using AutoMix.Stores;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace AutoMix;

/// <summary>Lets the processes of an application share budgets, circuits, what they learn, and who learns.</summary>
public static class AutoMixRedisExtensions
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

    /// <summary>
    /// Shares with all other processes the budgets that are named in code or in settings, which models are being left alone, and, where
    /// the pipeline learns, what it learns.
    /// </summary>
    /// <param name="mix">The builder.</param>
    /// <param name="redis">Where all that is kept; what <see cref="AddAutoMixRedis"/> has registered where null. It stays open.</param>
    /// <exception cref="AutoMixConfigurationException">
    /// None was passed and none is registered; or, when the client is built, a budget is out of its range.
    /// </exception>
    public static AutoMixBuilder UseRedis(this AutoMixBuilder mix, AutoMixRedis? redis = null)
    {
        ArgumentNullException.ThrowIfNull(mix);
        redis ??= mix.Services?.GetService<AutoMixRedis>()
            ?? throw new AutoMixConfigurationException("UseRedis finds no AutoMixRedis. Register one with services.AddAutoMixRedis(...) and build the pipeline with the services, or pass one.");
        return mix.ShareBudgets(redis.Ledger).ShareCircuits(redis.Circuits).ShareLearning(redis.Counts, redis.Plans, redis.Leases);
    }
}
