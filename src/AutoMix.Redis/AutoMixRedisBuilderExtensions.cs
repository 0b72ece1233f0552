using Microsoft.Extensions.DependencyInjection;

namespace AutoMix;

/// <summary>Lets the processes of an application share budgets, circuits, what they learn, and who learns.</summary>
public static class AutoMixRedisBuilderExtensions
{
    /// <summary>
    /// Shares with all other processes the budgets that are named in code or in settings, which models are being left alone, and, where
    /// the pipeline learns, what it learns.
    /// </summary>
    /// <param name="mix">The builder.</param>
    /// <param name="redis">Where all that is kept; what <see cref="AutoMixRedisServiceCollectionExtensions.AddAutoMixRedis"/> has registered where null. It stays open.</param>
    /// <exception cref="AutoMixConfigurationException">
    /// None was passed and none is registered; or, when the client is built, a budget is out of its range.
    /// </exception>
    public static AutoMixBuilder UseRedis(this AutoMixBuilder mix, AutoMixRedis? redis = null)
    {
        ArgumentNullException.ThrowIfNull(mix);
        redis ??= mix.Services.GetService<AutoMixRedis>()
            ?? throw new AutoMixConfigurationException("UseRedis finds no AutoMixRedis. Register one with services.AddAutoMixRedis(...) and build the pipeline with the services, or pass one.");
        return mix.Share(redis.Counts, redis.Plans, redis.Leases, redis.Circuits, redis.Ledger);
    }
}
