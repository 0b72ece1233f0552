using System.Collections.Concurrent;

namespace AutoMix;

/// <summary>
/// Budgets of one process in sliding windows. A reservation counts as spent until it is settled, so that concurrent
/// requests cannot overspend by more than the error of the estimates in flight.
/// </summary>
/// <remarks>
/// A window is divided into 60 slots; spending leaves the window with its slot, never early. A key whose windows have emptied
/// is forgotten.
/// </remarks>
public sealed class InMemoryBudgetLedger : IBudgetLedger
{
    private const int Slots = 60;
    private readonly ConcurrentDictionary<string, Account> _accounts = new(StringComparer.Ordinal);
    private readonly BudgetLimit[] _limits;
    private readonly TimeProvider _time;
    private readonly long _sweepEvery;
    private long _lastSweep;
    private long _lastId;

    /// <summary>A ledger that holds every key to all the given limits.</summary>
    /// <param name="limits">At least one limit, such as dollars per hour and per day.</param>
    /// <param name="timeProvider">The clock; the system's if null.</param>
    /// <exception cref="ArgumentException">There is no limit, or one of them is not positive.</exception>
    public InMemoryBudgetLedger(IEnumerable<BudgetLimit> limits, TimeProvider? timeProvider = null)
    {
        ArgumentNullException.ThrowIfNull(limits);
        _limits = [.. limits.Select(l => l.Copy())];
        if (_limits.Length == 0 || Array.Exists(_limits, l => l.Dollars < 0 || l.Window <= TimeSpan.Zero))
        {
            throw new ArgumentException("A ledger needs at least one limit; dollars are at least 0 and the window is longer than 0.", nameof(limits));
        }

        _time = timeProvider ?? TimeProvider.System;
        _sweepEvery = (long)(_limits.Max(l => l.Window).TotalSeconds * _time.TimestampFrequency);
        _lastSweep = _time.GetTimestamp();
    }

    /// <summary>The dollars settled and reserved by a key within the window of one limit.</summary>
    /// <param name="key">Whose budget.</param>
    /// <param name="limit">The index of the limit.</param>
    public decimal Committed(string key, int limit = 0)
    {
        if (!_accounts.TryGetValue(key, out Account? account))
        {
            return 0;
        }

        lock (account)
        {
            return account.Reserved + account.Windows[limit].Total(Now());
        }
    }

    /// <summary>Reservations that have not been settled.</summary>
    public int OpenReservations
    {
        get
        {
            int open = 0;
            foreach (Account account in _accounts.Values)
            {
                lock (account)
                {
                    open += account.Open;
                }
            }

            return open;
        }
    }

    /// <inheritdoc/>
    public ValueTask<BudgetReservation?> TryReserveAsync(string key, decimal dollars, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentOutOfRangeException.ThrowIfNegative(dollars);
        cancellationToken.ThrowIfCancellationRequested();
        TimeSpan now = Now();
        Sweep();
        while (true)
        {
            Account account = _accounts.GetOrAdd(key, static (_, limits) => new Account(limits), _limits);
            lock (account)
            {
                if (account.Forgotten)
                {
                    continue;
                }

                foreach (Window window in account.Windows)
                {
                    if (account.Reserved + window.Total(now) + dollars > window.Limit.Dollars)
                    {
                        return new((BudgetReservation?)null);
                    }
                }

                account.Reserved += dollars;
                account.Open++;
            }

            return new(new BudgetReservation(key, dollars, Interlocked.Increment(ref _lastId)));
        }
    }

    /// <inheritdoc/>
    public ValueTask SettleAsync(BudgetReservation reservation, decimal dollars, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(reservation);
        if (_accounts.TryGetValue(reservation.Key, out Account? account))
        {
            lock (account)
            {
                account.Reserved -= reservation.Dollars;
                account.Open--;
                TimeSpan now = Now();
                foreach (Window window in account.Windows)
                {
                    window.Spend(now, dollars);
                }
            }
        }

        return default;
    }

    private TimeSpan Now() => _time.GetElapsedTime(0, _time.GetTimestamp());

    private void Sweep()
    {
        long now = _time.GetTimestamp();
        long last = Volatile.Read(ref _lastSweep);
        if (now - last < _sweepEvery || Interlocked.CompareExchange(ref _lastSweep, now, last) != last)
        {
            return;
        }

        foreach ((string key, Account account) in _accounts)
        {
            lock (account)
            {
                if (account.Open == 0 && Array.TrueForAll(account.Windows, w => w.Total(Now()) == 0))
                {
                    account.Forgotten = true;
                    _accounts.TryRemove(new(key, account));
                }
            }
        }
    }

    private sealed class Account(BudgetLimit[] limits)
    {
        public Window[] Windows { get; } = Array.ConvertAll(limits, l => new Window(l));

        public decimal Reserved { get; set; }

        public int Open { get; set; }

        public bool Forgotten { get; set; }
    }

    private sealed class Window(BudgetLimit limit)
    {
        private readonly decimal[] _spent = new decimal[Slots + 1];
        private long _slot;
        private decimal _total;

        public BudgetLimit Limit => limit;

        public decimal Total(TimeSpan now)
        {
            Advance(now);
            return _total;
        }

        public void Spend(TimeSpan now, decimal dollars)
        {
            Advance(now);
            _spent[_slot % _spent.Length] += dollars;
            _total += dollars;
        }

        // One slot more than the window has, so that spending stays in it for at least the whole window.
        private void Advance(TimeSpan now)
        {
            long slot = (long)(now / limit.Window * Slots);
            if (slot - _slot >= _spent.Length)
            {
                Array.Clear(_spent);
                _total = 0;
                _slot = slot;
                return;
            }

            while (_slot < slot)
            {
                _slot++;
                _total -= _spent[_slot % _spent.Length];
                _spent[_slot % _spent.Length] = 0;
            }
        }
    }
}
