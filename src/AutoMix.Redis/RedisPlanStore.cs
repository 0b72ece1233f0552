using System.Runtime.CompilerServices;
using AutoMix.Stores;
using StackExchange.Redis;

namespace AutoMix;

/// <summary>A hash of number, token and content, and a channel that tells of new numbers.</summary>
internal sealed class RedisPlanStore(RedisConnection connection) : IPlanStore
{
    private static readonly string Publish = RedisConnection.Script("""
        local token = tonumber(ARGV[2])
        if token < tonumber(redis.call('HGET', KEYS[1], 'token') or 0) or token < tonumber(redis.call('HGET', KEYS[2], 'token') or 0) then return '0' end
        local number = text(tonumber(redis.call('HGET', KEYS[1], 'number') or 0) + 1)
        redis.call('HSET', KEYS[1], 'number', number, 'token', ARGV[2], 'content', ARGV[3])
        redis.call('PUBLISH', ARGV[4], number)
        return number
        """);

    // Only what is newer than the reader's. Tokens come first: a server that has lost versions gives their numbers again.
    private static readonly string Read = RedisConnection.Script("""
        local number, token = tonumber(redis.call('HGET', KEYS[1], 'number') or 0), tonumber(redis.call('HGET', KEYS[1], 'token') or 0)
        local seen, seenToken = tonumber(ARGV[2]), tonumber(ARGV[3])
        if number == 0 or token < seenToken or (token == seenToken and number <= seen) then return {} end
        return redis.call('HMGET', KEYS[1], 'number', 'token', 'content')
        """);

    public ValueTask<PlanVersion?> ReadAsync(string name, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(name);
        return ReadNewerAsync(name, null, cancellationToken);
    }

    public async ValueTask<PlanVersion?> PublishAsync(string name, ReadOnlyMemory<byte> content, long fencingToken, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentOutOfRangeException.ThrowIfNegative(fencingToken);
        byte[] copy = content.ToArray();
        long number = (long)await connection.EvaluateAsync(
            Publish, [Key(name), RedisLeaseStore.Key(connection, name)], [fencingToken, copy, Channel(name)], cancellationToken).ConfigureAwait(false);
        return number == 0 ? null : new(number, fencingToken, copy);
    }

    public async IAsyncEnumerable<PlanVersion> WatchAsync(string name, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(name);
        using var news = new SemaphoreSlim(0);
        PlanVersion? seen = null;
        ChannelMessageQueue? messages = null;
        try
        {
            while (true)
            {
                cancellationToken.ThrowIfCancellationRequested();
                PlanVersion? newest = null;
                try
                {
                    // Listening begins before reading, so that nothing falls in between.
                    messages ??= await ListenAsync(name, news, cancellationToken).ConfigureAwait(false);
                    newest = await ReadNewerAsync(name, seen, cancellationToken).ConfigureAwait(false);
                }
                catch (Exception e) when (e is RedisException or TimeoutException)
                {
                    // The server is away: the reader keeps what it has.
                }

                if (newest is not null)
                {
                    seen = newest;
                    yield return newest;
                }
                else
                {
                    await WaitAsync(news, cancellationToken).ConfigureAwait(false);
                }
            }
        }
        finally
        {
            if (messages is not null)
            {
                await messages.UnsubscribeAsync(CommandFlags.FireAndForget).ConfigureAwait(false);
            }
        }
    }

    private async ValueTask<PlanVersion?> ReadNewerAsync(string name, PlanVersion? seen, CancellationToken cancellationToken)
    {
        var parts = (RedisValue[])(await connection.EvaluateAsync(Read, [Key(name)], [seen?.Number ?? 0, seen?.FencingToken ?? 0], cancellationToken).ConfigureAwait(false))!;
        return parts.Length == 0 ? null : new((long)parts[0], (long)parts[1], (byte[])parts[2]!);
    }

    // After a broken connection the client subscribes again by itself; what was said meanwhile is found by looking.
    private async Task<ChannelMessageQueue> ListenAsync(string name, SemaphoreSlim news, CancellationToken cancellationToken)
    {
        ChannelMessageQueue messages = await connection.WithinAsync(
            async () => await (await connection.ConnectAsync().ConfigureAwait(false)).GetSubscriber().SubscribeAsync(RedisChannel.Literal(Channel(name))).ConfigureAwait(false),
            cancellationToken).ConfigureAwait(false);
        messages.OnMessage(_ => Signal(news));
        return messages;
    }

    private static void Signal(SemaphoreSlim news)
    {
        try
        {
            news.Release();
        }
        catch (ObjectDisposedException)
        {
            // A message that came as the watch ended.
        }
    }

    private async Task WaitAsync(SemaphoreSlim news, CancellationToken cancellationToken)
    {
        using var wait = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task message = news.WaitAsync(wait.Token);
        await Task.WhenAny(message, Task.Delay(connection.PollInterval, connection.Time, wait.Token)).ConfigureAwait(false);
        await wait.CancelAsync().ConfigureAwait(false);
        await message.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private RedisKey Key(string name) => $"{connection.KeyPrefix}:{{learner:{name}}}:plan";

    private string Channel(string name) => $"{connection.KeyPrefix}:plan:{name}";
}
