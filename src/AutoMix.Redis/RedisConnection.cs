using StackExchange.Redis;

namespace AutoMix;

/// <summary>A connection that is made at first use, and scripts that run in a time limit and by the server's clock.</summary>
internal sealed class RedisConnection(AutoMixRedisOptions options, IConnectionMultiplexer? given, TimeProvider time) : IAsyncDisposable, IDisposable
{
    // Every script begins with this: the server's time in whole milliseconds.
    private const string Now = """
        local time = redis.call('TIME')
        local now = time[1] * 1000 + math.floor(time[2] / 1000) + ARGV[1]
        local function text(number) return string.format('%.0f', number) end

        """;

    private readonly Lock _gate = new();
    private Task<IConnectionMultiplexer>? _connecting = given is null ? null : Task.FromResult(given);
    private bool _disposed;

    public TimeProvider Time => time;

    public TimeSpan Timeout { get; } = options.Timeout;

    public TimeSpan GrantLifetime { get; } = options.GrantLifetime;

    public TimeSpan PollInterval { get; } = options.PollInterval;

    public decimal Block { get; } = options.Block;

    public string KeyPrefix { get; } = options.KeyPrefix;

    /// <summary>How much later than it is the server takes it to be. Lets tests pass time.</summary>
    public TimeSpan Shift { get; set; }

    /// <summary>Builds the text of a script; ARGV[1] is the clock's and the caller's arguments begin at ARGV[2].</summary>
    public static string Script(string body) => Now + body;

    public async Task<RedisResult> EvaluateAsync(string script, RedisKey[] keys, RedisValue[] arguments, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        RedisValue[] all = [(long)Shift.TotalMilliseconds, .. arguments];
        return await WithinAsync(RunAsync, cancellationToken).ConfigureAwait(false);

        async Task<RedisResult> RunAsync() => await (await ConnectAsync().ConfigureAwait(false)).GetDatabase().ScriptEvaluateAsync(script, keys, all).ConfigureAwait(false);
    }

    /// <summary>Runs something that has no time limit of its own.</summary>
    public async Task<T> WithinAsync<T>(Func<Task<T>> run, CancellationToken cancellationToken)
    {
        try
        {
            return await run().WaitAsync(Timeout, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException e) when (e is not RedisTimeoutException)
        {
            throw new TimeoutException($"The Redis server did not answer within {Timeout}. Check that it can be reached, or allow more time with {nameof(AutoMixRedisOptions.Timeout)}.", e);
        }
    }

    public Task<IConnectionMultiplexer> ConnectAsync()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, typeof(AutoMixRedis));
            return _connecting is null or { IsFaulted: true } ? _connecting = OpenAsync() : _connecting;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Close() is { } own)
        {
            await EndAsync(own).ConfigureAwait(false);
        }
    }

    public void Dispose()
    {
        Task<IConnectionMultiplexer>? own = Close();
        if (own is { IsCompletedSuccessfully: true })
        {
            own.Result.Dispose();
        }
        else if (own is not null)
        {
            // Not made yet: nobody waits for its end.
            _ = EndAsync(own);
        }
    }

    private static async Task EndAsync(Task<IConnectionMultiplexer> own)
    {
        try
        {
            await (await own.ConfigureAwait(false)).DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (e is RedisException or ArgumentException)
        {
            // There was never a connection.
        }
    }

    // What is to be ended; null where there is none, or where it is not our own.
    private Task<IConnectionMultiplexer>? Close()
    {
        lock (_gate)
        {
            _disposed = true;
            return given is null ? _connecting : null;
        }
    }

    private async Task<IConnectionMultiplexer> OpenAsync()
    {
        ConfigurationOptions configuration = ConfigurationOptions.Parse(options.Configuration);

        // A server that is away now may come later.
        configuration.AbortOnConnectFail = false;
        return await ConnectionMultiplexer.ConnectAsync(configuration).ConfigureAwait(false);
    }
}
