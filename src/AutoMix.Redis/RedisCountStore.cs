using System.Globalization;
using AutoMix.Stores;
using StackExchange.Redis;

namespace AutoMix;

/// <summary>A hash of sums, and a set of the ids of deltas by the time they came.</summary>
internal sealed class RedisCountStore(RedisConnection connection) : ICountStore
{
    // Added up here and not by HINCRBYFLOAT, whose text has 17 decimals: too few for small numbers.
    private static readonly string Add = RedisConnection.Script("""
        redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', text(now - 3600000))
        if redis.call('ZSCORE', KEYS[2], ARGV[2]) then return 0 end
        redis.call('ZADD', KEYS[2], text(now), ARGV[2])
        redis.call('PEXPIRE', KEYS[2], '7200000')
        for i = 3, #ARGV, 2 do
            local sum = tonumber(redis.call('HGET', KEYS[1], ARGV[i]) or 0) + ARGV[i + 1]
            redis.call('HSET', KEYS[1], ARGV[i], string.format('%.17g', sum))
        end
        return 1
        """);

    private static readonly string Read = RedisConnection.Script("return redis.call('HGETALL', KEYS[1])");

    private static readonly string Remove = RedisConnection.Script("""
        for i = 2, #ARGV do redis.call('HDEL', KEYS[1], ARGV[i]) end
        return 1
        """);

    public async ValueTask<bool> AddAsync(string key, CountDelta delta, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(delta);
        delta.Check();
        RedisValue[] arguments = [delta.Id.ToString("N"), .. delta.Sums.SelectMany(s => new RedisValue[] { s.Key, s.Value.ToString("R", CultureInfo.InvariantCulture) })];
        return (bool)await connection.EvaluateAsync(Add, [Sums(key), $"{Prefix(key)}:ids"], arguments, cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<IReadOnlyDictionary<string, double>> ReadAsync(string key, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(key);
        var all = (RedisValue[])(await connection.EvaluateAsync(Read, [Sums(key)], [], cancellationToken).ConfigureAwait(false))!;
        return all.Chunk(2).ToDictionary(pair => (string)pair[0]!, pair => double.Parse((string)pair[1]!, CultureInfo.InvariantCulture), StringComparer.Ordinal);
    }

    public async ValueTask RemoveAsync(string key, IReadOnlyCollection<string> fields, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(fields);
        await connection.EvaluateAsync(Remove, [Sums(key)], [.. fields.Select(f => (RedisValue)f)], cancellationToken).ConfigureAwait(false);
    }

    private RedisKey Sums(string key) => $"{Prefix(key)}:sums";

    // In braces, so that a cluster keeps the two keys together.
    private string Prefix(string key) => $"{connection.KeyPrefix}:{{counts:{key}}}";
}
