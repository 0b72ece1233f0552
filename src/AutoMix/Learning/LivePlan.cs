using AutoMix.Policies;
using AutoMix.Stores;
using Microsoft.Extensions.Logging;

namespace AutoMix;

/// <summary>Holds the plan that decides now, and follows the versions that replace it.</summary>
/// <remarks>Safe for concurrent use: a request reads one reference and keeps it to its end.</remarks>
internal sealed class LivePlan(ICascadePolicy start, IPlanStore store, string name, Func<ICascadePolicy, CascadeRoutingPolicy> route, ILogger logger)
{
    private readonly Lock _gate = new();
    private Version _now = new(start, route(start), 0, 0);
    private CancellationTokenSource? _watch;

    public Version Now => Volatile.Read(ref _now);

    /// <summary>One version.</summary>
    /// <param name="Policy">The policy over numbers.</param>
    /// <param name="Routing">The policy over requests.</param>
    /// <param name="Number">The number in the store; 0 for the first plan.</param>
    /// <param name="FencingToken">The token of the leader that published it. Tokens only rise, while a store that has lost versions numbers anew.</param>
    internal sealed record Version(ICascadePolicy Policy, CascadeRoutingPolicy Routing, long Number, long FencingToken);

    /// <summary>Follows the newest version in the store.</summary>
    public async ValueTask FollowAsync(CancellationToken cancellationToken)
    {
        if (await store.ReadAsync(name, cancellationToken).ConfigureAwait(false) is { } newest)
        {
            Follow(newest);
        }
    }

    public async ValueTask PublishAsync(ICascadePolicy policy, LearnerLease lease, CancellationToken cancellationToken)
    {
        using var content = new MemoryStream();
        PolicyFile.Save(policy, content);
        await store.PublishAsync(name, content.ToArray(), lease.FencingToken, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Subscribes to plans published by other processes, until <see cref="StopWatching"/>. Does nothing if already subscribed.</summary>
    public void Watch()
    {
        if (Volatile.Read(ref _watch) is not null)
        {
            return;
        }

        var watch = new CancellationTokenSource();
        if (Interlocked.CompareExchange(ref _watch, watch, null) is null)
        {
            _ = Task.Run(() => WatchAsync(watch.Token));
        }
    }

    /// <summary>Ends the subscription. The next request of another pipeline that shares the plan begins it again.</summary>
    public void StopWatching() => Interlocked.Exchange(ref _watch, null)?.Cancel();

    private async Task WatchAsync(CancellationToken cancellationToken)
    {
        try
        {
            await foreach (PlanVersion version in store.WatchAsync(name, cancellationToken).ConfigureAwait(false))
            {
                Follow(version);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
        }
        catch (Exception e)
        {
            // Each pass reads the newest plan anyway.
            Log.LearningFailed(logger, e);
        }
    }

    private void Follow(PlanVersion version)
    {
        lock (_gate)
        {
            if ((version.FencingToken, version.Number).CompareTo((_now.FencingToken, _now.Number)) <= 0)
            {
                return;
            }

            try
            {
                using var content = new MemoryStream(version.Content.ToArray());
                ICascadePolicy policy = PolicyFile.Load(content, $"version {version.Number} of the plan '{name}'");
                Volatile.Write(ref _now, new(policy, route(policy), version.Number, version.FencingToken));
            }
            catch (Exception e) when (e is PlanFormatException or AutoMixConfigurationException)
            {
                // A plan of other models, or of another version of the library, is not tried again.
                Volatile.Write(ref _now, _now with { Number = version.Number, FencingToken = version.FencingToken });
                Log.LearningFailed(logger, e);
                return;
            }
        }

        Log.PlanReplaced(logger, name, version.Number);
    }
}
