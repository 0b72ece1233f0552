using StackExchange.Redis;

namespace AutoMix;

/// <summary>One key's budget as this process knows it: what it has been granted, has in flight, and has settled.</summary>
/// <remarks>
/// The grant is kept as the total that the process may have settled in its whole life (<c>_upTo</c>), so that a settlement needs no
/// answer to be told from what is left. One exchange with the server runs at a time; all that ask meanwhile share the next.
/// </remarks>
internal sealed class SharedBudget(RedisConnection connection, BudgetLimit[] limits, string key)
{
    private static readonly Task<bool> Granted = Task.FromResult(true);

    private readonly Lock _gate = new();
    private readonly string _holder = Guid.NewGuid().ToString("N");
    private List<Asking> _asking = [];
    private Task _exchange = Task.CompletedTask;
    private bool _wanted;
    private bool _release;
    private bool _used;
    private bool _forgotten;
    private long _upTo;
    private long _heardUpTo;
    private long _settled;
    private long _acknowledged;
    private long _confirmed;
    private long _inFlight;
    private int _unsettled;
    private long _report;
    private long _refillBelow;
    private long _contact;

    /// <summary>Only looks: for each limit what is settled and what is granted, after one number to pass over.</summary>
    public static Task<long[]> LookAsync(RedisConnection connection, BudgetLimit[] limits, string key, CancellationToken cancellationToken) =>
        EvaluateAsync(connection, limits, key, ["", 0, 0, 0, 0, 0, 0, 0], [], cancellationToken);

    /// <summary>Whether it is granted; null where this budget has been forgotten.</summary>
    public Task<bool>? Reserve(long amount, CancellationToken cancellationToken)
    {
        Asking asking;
        lock (_gate)
        {
            if (_forgotten)
            {
                return null;
            }

            _used = true;
            if (TryTake(amount))
            {
                if (_upTo - _settled - _inFlight < _refillBelow)
                {
                    _refillBelow = 0;
                    Exchange();
                }

                return Granted;
            }

            _asking.Add(asking = new(amount));
            Exchange();
        }

        return asking.WaitAsync(cancellationToken);
    }

    /// <summary>Waits for the server only where more was spent than is granted, so that the others know at once.</summary>
    public ValueTask SettleAsync(long reserved, long spent, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            _inFlight -= reserved;
            _unsettled--;
            _settled += spent;
            _used = true;
            if (_settled + _inFlight <= _upTo)
            {
                return default;
            }

            Exchange();
            return new(_exchange.WaitAsync(cancellationToken));
        }
    }

    /// <summary>Keeps the grant alive where it is used, and gives it back where it is not.</summary>
    public void Renew()
    {
        lock (_gate)
        {
            _release |= !_used;
            _used = false;
            Exchange();
        }
    }

    /// <summary>Gives back what is not in flight.</summary>
    public Task ReleaseAsync()
    {
        lock (_gate)
        {
            if (IsReported())
            {
                return Task.CompletedTask;
            }

            _release = true;
            Exchange();
            return _exchange;
        }
    }

    /// <summary>Whether there is nothing left to know. What is asked of it afterwards is asked of another.</summary>
    public bool TryForget()
    {
        lock (_gate)
        {
            // Not by the dollars in flight: a reservation of nothing may be settled with more.
            return _forgotten = !_used && _unsettled <= 0 && IsReported();
        }
    }

    private static async Task<long[]> EvaluateAsync(
        RedisConnection connection, BudgetLimit[] limits, string key, RedisValue[] holder, IEnumerable<RedisValue> asked, CancellationToken cancellationToken)
    {
        RedisValue[] arguments =
        [
            .. holder,
            limits.Length,
            .. limits.SelectMany(l => new RedisValue[] { NanoDollars.AtMost(l.Dollars), (long)Math.Ceiling(l.Window.TotalMilliseconds) }),
            .. asked,
        ];
        return (long[])(await connection.EvaluateAsync(BudgetScript.Text, [$"{connection.KeyPrefix}:budget:{key}"], arguments, cancellationToken).ConfigureAwait(false))!;
    }

    // Confirmed too: the server then knows that the record is needed no more.
    private bool IsReported() => _exchange.IsCompleted && _heardUpTo == _settled && _acknowledged == _settled && _confirmed == _settled;

    private bool TryTake(long amount)
    {
        if (_settled + _inFlight + amount > _upTo || connection.Time.GetElapsedTime(_contact) >= connection.GrantLifetime)
        {
            return false;
        }

        _inFlight += amount;
        _unsettled++;
        return true;
    }

    private void Exchange()
    {
        _wanted = true;
        if (_exchange.IsCompleted)
        {
            _exchange = Task.Run(ExchangeAsync);
        }
    }

    private async Task ExchangeAsync()
    {
        while (true)
        {
            List<Asking> asking;
            Report report;
            lock (_gate)
            {
                if (!_wanted)
                {
                    // Under the lock, so that whoever wants one next starts it.
                    _exchange = Task.CompletedTask;
                    return;
                }

                (asking, _asking) = (_asking, []);
                report = new(++_report, _settled, _acknowledged, _inFlight, _release && asking.Count == 0, connection.Time.GetTimestamp());
                _wanted = _release = false;
                if (report.Release)
                {
                    // Before the server knows, so that it never grants to others what is still spent here.
                    (_upTo, _refillBelow) = (_settled + _inFlight, 0);
                }
            }

            try
            {
                long[] answer = await EvaluateAsync(connection, limits, key, Arguments(report), asking.Select(a => (RedisValue)a.Amount), CancellationToken.None).ConfigureAwait(false);
                Heard(report, answer[0], asking);
            }
            catch (Exception e)
            {
                // Whatever it is: those who asked must hear of it.
                Unheard(asking, e);
            }
        }
    }

    private RedisValue[] Arguments(Report report) =>
    [
        _holder, report.Number, report.Settled, report.Acknowledged, report.InFlight, report.Release ? 1 : 0,
        NanoDollars.AtMost(connection.Block), (long)connection.GrantLifetime.TotalMilliseconds,
    ];

    private void Heard(Report report, long grant, List<Asking> asking)
    {
        lock (_gate)
        {
            (_acknowledged, _confirmed) = (report.Settled, report.Acknowledged);
            _upTo = _heardUpTo = report.Settled + grant;
            _contact = report.Sent;
            bool others = _settled + _inFlight > report.Settled + report.InFlight;
            foreach (Asking one in asking)
            {
                if (TryTake(one.Amount))
                {
                    Give(one);
                }
                else if (others)
                {
                    // Another took what was granted for this one.
                    _asking.Add(one);
                    _wanted = true;
                }
                else
                {
                    one.TrySetResult(false);
                }
            }

            _refillBelow = (_upTo - _settled - _inFlight) / 2;
        }
    }

    // The grant is spent as long as it lasts.
    private void Unheard(List<Asking> asking, Exception cause)
    {
        lock (_gate)
        {
            foreach (Asking one in asking)
            {
                if (TryTake(one.Amount))
                {
                    Give(one);
                }
                else
                {
                    one.TrySetException(cause);
                }
            }
        }
    }

    private void Give(Asking one)
    {
        if (!one.TrySetResult(true))
        {
            // It was cancelled meanwhile.
            _inFlight -= one.Amount;
            _unsettled--;
        }
    }

    private readonly record struct Report(long Number, long Settled, long Acknowledged, long InFlight, bool Release, long Sent);

    private sealed class Asking(long amount) : TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public long Amount => amount;

        public async Task<bool> WaitAsync(CancellationToken cancellationToken)
        {
            using CancellationTokenRegistration registration = cancellationToken.UnsafeRegister(
                static (asking, token) => ((Asking)asking!).TrySetCanceled(token), this);
            return await Task.ConfigureAwait(false);
        }
    }
}
