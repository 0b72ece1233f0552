using System.Collections.Concurrent;
using AutoMix.Stores;
using StackExchange.Redis;

namespace AutoMix;

/// <summary>Budgets of many processes in sliding windows.</summary>
/// <remarks>
/// <para>Safe for concurrent use. A process is granted money in blocks (<see cref="AutoMixRedisOptions.Block"/>), so that most
/// reservations and settlements touch this process only; the others make one round trip, which concurrent ones share. What is granted counts as spent for all others
/// until it is settled or given back, so that all processes together never reserve more than the limit: settled cost exceeds it
/// by no more than what calls cost beyond their estimates.</para>
/// <para>Where the server cannot be reached, <see cref="TryReserveAsync"/> spends what has been granted, for at most
/// <see cref="AutoMixRedisOptions.GrantLifetime"/> since the last contact, and throws beyond that. <see cref="SettleAsync"/> never
/// fails: what was settled is reported at the next contact. What a process that dies had been granted and not given back is taken as
/// spent, so that nothing that it had settled is forgotten.</para>
/// <para>Windows go by the server's clock and are divided into 60 slots; spending leaves a window with its slot, never early. Sums are
/// rounded up to whole nano-dollars.</para>
/// </remarks>
public sealed class RedisBudgetLedger : IBudgetLedger, IAsyncDisposable, IDisposable
{
    private readonly ConcurrentDictionary<string, SharedBudget> _budgets = new(StringComparer.Ordinal);
    private readonly RedisConnection _connection;
    private readonly BudgetLimit[] _limits;
    private readonly ITimer _upkeep;
    private long _lastId;

    internal RedisBudgetLedger(RedisConnection connection, BudgetLimit[] limits)
    {
        _connection = connection;
        _limits = limits;
        TimeSpan third = connection.GrantLifetime / 3;
        _upkeep = connection.Time.CreateTimer(_ => Upkeep(), null, third, third);
    }

    /// <summary>Throws where the limits cannot be kept.</summary>
    internal static void Check(BudgetLimit[] limits)
    {
        if (limits.Length == 0 || Array.Exists(limits, l => l.Dollars is < 0 or > 1_000_000 || l.Window < TimeSpan.FromMilliseconds(60)))
        {
            throw new ArgumentException("A shared ledger needs at least one limit; dollars are between 0 and 1,000,000 and the window is 60 milliseconds at least.", nameof(limits));
        }
    }

    /// <summary>Reads the spending of a key within the window of one limit, as the server knows it.</summary>
    /// <param name="key">The key of the budget.</param>
    /// <param name="limit">The index of the limit.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    /// <returns>
    /// The dollars settled, with those granted to processes that have not been heard of since; and the dollars that processes have been
    /// granted and have neither settled nor given back.
    /// </returns>
    public async ValueTask<(decimal Settled, decimal Granted)> ReadAsync(string key, int limit, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentOutOfRangeException.ThrowIfNegative(limit);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(limit, _limits.Length);
        long[] answer = await SharedBudget.LookAsync(_connection, _limits, key, cancellationToken).ConfigureAwait(false);
        return (NanoDollars.ToDollars(answer[1 + (2 * limit)]), NanoDollars.ToDollars(answer[2 + (2 * limit)]));
    }

    /// <inheritdoc/>
    /// <exception cref="TimeoutException">The server does not answer, and what has been granted does not hold that much.</exception>
    /// <exception cref="RedisException">The server cannot be reached, and what has been granted does not hold that much.</exception>
    public ValueTask<BudgetReservation?> TryReserveAsync(string key, decimal dollars, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentOutOfRangeException.ThrowIfNegative(dollars);
        cancellationToken.ThrowIfCancellationRequested();
        var reservation = new BudgetReservation(key, dollars, Interlocked.Increment(ref _lastId));
        while (true)
        {
            SharedBudget budget = _budgets.GetOrAdd(key, static (key, ledger) => new(ledger._connection, ledger._limits, key), this);
            Task<bool>? asking = budget.Reserve(NanoDollars.AtLeast(dollars), cancellationToken);
            if (asking is null)
            {
                // It was forgotten between the two lines.
                _budgets.TryRemove(new(key, budget));
            }
            else
            {
                return asking.IsCompletedSuccessfully ? new(asking.Result ? reservation : null) : AwaitAsync(asking, reservation);
            }
        }
    }

    /// <inheritdoc/>
    public ValueTask SettleAsync(BudgetReservation reservation, decimal dollars, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(reservation);
        ArgumentOutOfRangeException.ThrowIfNegative(dollars);
        return _budgets.TryGetValue(reservation.Key, out SharedBudget? budget)
            ? budget.SettleAsync(NanoDollars.AtLeast(reservation.Dollars), NanoDollars.AtLeast(dollars), cancellationToken)
            : default;
    }

    /// <summary>Reports what was settled and gives back the rest. What the server cannot be told is taken as spent.</summary>
    public async ValueTask DisposeAsync()
    {
        await _upkeep.DisposeAsync().ConfigureAwait(false);
        await Task.WhenAll(_budgets.Values.Select(b => b.ReleaseAsync())).ConfigureAwait(false);
    }

    /// <summary>As <see cref="DisposeAsync"/>, but waits for the server no longer than <see cref="AutoMixRedisOptions.Timeout"/>.</summary>
    public void Dispose() => Release([this], _connection.Timeout);

    /// <summary>Ends several ledgers at once.</summary>
    internal static void Release(IEnumerable<RedisBudgetLedger> ledgers, TimeSpan timeout)
    {
        Task released = Task.WhenAll(ledgers.Select(l => l.Release()));

        // Safe to block on: the exchanges run on the thread pool alone, return to no context of the caller's, and the wait has an end.
        Task.WaitAny([released], timeout);
    }

    private Task Release()
    {
        _upkeep.Dispose();
        return Task.WhenAll(_budgets.Values.Select(b => b.ReleaseAsync()));
    }

    private static async ValueTask<BudgetReservation?> AwaitAsync(Task<bool> asking, BudgetReservation reservation) =>
        await asking.ConfigureAwait(false) ? reservation : null;

    private void Upkeep()
    {
        foreach ((string key, SharedBudget budget) in _budgets)
        {
            if (budget.TryForget())
            {
                _budgets.TryRemove(new(key, budget));
            }
            else
            {
                budget.Renew();
            }
        }
    }
}
