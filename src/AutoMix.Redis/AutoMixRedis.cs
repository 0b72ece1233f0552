using System.Collections.Concurrent;
using AutoMix.Stores;
using StackExchange.Redis;

namespace AutoMix;

/// <summary>What processes share over a RESP server: Redis, Valkey or Garnet.</summary>
/// <remarks>
/// <para>Safe for concurrent use. Connects at first use, and again by itself after a restart or a failover of the server.</para>
/// <para>Every operation of the stores ends within <see cref="AutoMixRedisOptions.Timeout"/>: with its result, with an
/// <see cref="OperationCanceledException"/> when it is cancelled, with a <see cref="TimeoutException"/> where the server does not
/// answer, or with a <see cref="RedisException"/> where it cannot be reached or refuses. After the last three an operation that changes something may have
/// happened or happen yet; all of them can be repeated safely, a publication as a further version.</para>
/// </remarks>
public sealed class AutoMixRedis : IAsyncDisposable, IDisposable
{
    private readonly ConcurrentDictionary<string, Lazy<RedisBudgetLedger>> _ledgers = new(StringComparer.Ordinal);
    private readonly RedisConnection _connection;

    /// <summary>Connects nothing yet.</summary>
    /// <param name="options">The settings; a change afterwards has no effect.</param>
    /// <param name="connection">A connection that the application has, which stays open; one of its own, as <see cref="AutoMixRedisOptions.Configuration"/> says, where null.</param>
    /// <param name="timeProvider">The clock by which this process waits; the system's where null. What is shared goes by the server's clock.</param>
    /// <exception cref="AutoMixConfigurationException">A setting is out of its range.</exception>
    public AutoMixRedis(AutoMixRedisOptions options, IConnectionMultiplexer? connection = null, TimeProvider? timeProvider = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        _connection = new(options, connection, timeProvider ?? TimeProvider.System);
        Circuits = new RedisCircuitStore(_connection);
        Counts = new RedisCountStore(_connection);
        Plans = new RedisPlanStore(_connection);
        Leases = new RedisLeaseStore(_connection);
    }

    /// <summary>Which models are being left alone.</summary>
    public ICircuitStore Circuits { get; }

    /// <summary>What has been learned.</summary>
    public ICountStore Counts { get; }

    /// <summary>The versions of the policy. Beside the interface's promise, a token older than that of the lease of the plan's name is refused.</summary>
    public IPlanStore Plans { get; }

    /// <summary>Who learns. Tokens grow with the server's clock too, so that they stay in order where a server has lost the last one.</summary>
    public ILeaseStore Leases { get; }

    internal RedisConnection Connection => _connection;

    /// <summary>The budgets of these limits; one and the same for equal limits.</summary>
    /// <param name="limits">At least one limit. All processes of a prefix should name the same ones: spending is shared whatever they are.</param>
    /// <returns>The ledger, which is disposed of with this.</returns>
    /// <exception cref="ArgumentException">There is no limit, or one of them is out of its range.</exception>
    public RedisBudgetLedger Ledger(IEnumerable<BudgetLimit> limits)
    {
        ArgumentNullException.ThrowIfNull(limits);
        BudgetLimit[] all = [.. limits.Select(l => l.Copy())];
        RedisBudgetLedger.Check(all);
        string key = string.Join('|', all.Select(l => FormattableString.Invariant($"{l.Dollars} per {l.Window}")));
        return _ledgers.GetOrAdd(key, _ => new(() => new(_connection, all))).Value;
    }

    /// <summary>Gives back what the ledgers were granted, and closes a connection of its own.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (Lazy<RedisBudgetLedger> ledger in _ledgers.Values)
        {
            await ledger.Value.DisposeAsync().ConfigureAwait(false);
        }

        await _connection.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>As <see cref="DisposeAsync"/>, for a container that is disposed of synchronously; waits for the server no longer than <see cref="AutoMixRedisOptions.Timeout"/>.</summary>
    public void Dispose()
    {
        RedisBudgetLedger.Release(_ledgers.Values.Select(l => l.Value), _connection.Timeout);
        _connection.Dispose();
    }
}
