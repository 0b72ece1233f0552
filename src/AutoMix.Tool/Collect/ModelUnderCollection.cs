using System.Threading.RateLimiting;
using AutoMix.Tool.Providers;
using Microsoft.Extensions.AI;

namespace AutoMix.Tool.Collect;

/// <summary>A model that is asked: its client, its price and its limits.</summary>
internal sealed class ModelUnderCollection(ProviderOptions provider, IChatClient client, ModelPrice? price) : IDisposable
{
    private const int SecondsPerMinute = 60;
    private readonly ConcurrencyLimiter _atOnce = new(new ConcurrencyLimiterOptions { PermitLimit = provider.Concurrency, QueueLimit = int.MaxValue });
    private readonly TokenBucketRateLimiter? _rate = provider.RequestsPerMinute is { } perMinute ? new(Bucket(perMinute)) : null;

    public ProviderOptions Provider => provider;

    public string Name => provider.Name;

    public IChatClient Client => client;

    public ModelPrice? Price => price;

    /// <summary>A place among the calls that run at once; the right to start one is asked for with <see cref="StartAsync"/>.</summary>
    public async Task<IDisposable> EnterAsync(CancellationToken cancellationToken) => await _atOnce.AcquireAsync(1, cancellationToken).ConfigureAwait(false);

    /// <summary>Waits until the rate allows another request; a retry is one too.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (_rate is not null)
        {
            using RateLimitLease lease = await _rate.AcquireAsync(1, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>A bucket that holds one second's worth, so that a minute never sees more than its limit and that second.</summary>
    internal static TokenBucketRateLimiterOptions Bucket(int requestsPerMinute) => new()
    {
        TokenLimit = Math.Max(1, requestsPerMinute / SecondsPerMinute),
        TokensPerPeriod = 1,
        ReplenishmentPeriod = TimeSpan.FromMinutes(1) / requestsPerMinute,
        QueueLimit = int.MaxValue,
    };

    public void Dispose()
    {
        _atOnce.Dispose();
        _rate?.Dispose();
        client.Dispose();
    }
}
