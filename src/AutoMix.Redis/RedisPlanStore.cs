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
        using var news = new RedisNews(connection, Channel(name));
        PlanVersion? seen = null;
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            PlanVersion? newest = null;
            try
            {
                // Listening begins before reading, so that nothing falls in between.
                await news.ListenAsync(cancellationToken).ConfigureAwait(false);
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
                await news.WaitAsync(cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async ValueTask<PlanVersion?> ReadNewerAsync(string name, PlanVersion? seen, CancellationToken cancellationToken)
    {
        var parts = (RedisValue[])(await connection.EvaluateAsync(Read, [Key(name)], [seen?.Number ?? 0, seen?.FencingToken ?? 0], cancellationToken).ConfigureAwait(false))!;
        return parts.Length == 0 ? null : new((long)parts[0], (long)parts[1], (byte[])parts[2]!);
    }

    private RedisKey Key(string name) => $"{connection.KeyPrefix}:{{learner:{name}}}:plan";

    private string Channel(string name) => $"{connection.KeyPrefix}:plan:{name}";
}
