using AutoMix.Stores;
using StackExchange.Redis;

namespace AutoMix;

/// <summary>One hash: by the model, until when it is left alone.</summary>
internal sealed class RedisCircuitStore(RedisConnection connection) : ICircuitStore
{
    private static readonly string Open = RedisConnection.Script("""
        local ends = now + ARGV[3]
        if ends > tonumber(redis.call('HGET', KEYS[1], ARGV[2]) or 0) then redis.call('HSET', KEYS[1], ARGV[2], text(ends)) end
        return 1
        """);

    private static readonly string Close = RedisConnection.Script("return redis.call('HDEL', KEYS[1], ARGV[2])");

    private static readonly string Read = RedisConnection.Script("""
        local all, left = redis.call('HGETALL', KEYS[1]), {}
        for i = 1, #all, 2 do
            if all[i + 1] - now > 0 then
                left[#left + 1] = all[i]
                left[#left + 1] = text(all[i + 1] - now)
            else
                redis.call('HDEL', KEYS[1], all[i])
            end
        end
        return left
        """);

    private readonly RedisKey[] _key = [$"{connection.KeyPrefix}:circuits"];

    public async ValueTask OpenAsync(string model, TimeSpan duration, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(model);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(duration, TimeSpan.Zero);
        await connection.EvaluateAsync(Open, _key, [model, Milliseconds(duration)], cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask CloseAsync(string model, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(model);
        await connection.EvaluateAsync(Close, _key, [model], cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<IReadOnlyDictionary<string, TimeSpan>> ReadAsync(CancellationToken cancellationToken = default)
    {
        var left = (RedisValue[])(await connection.EvaluateAsync(Read, _key, [], cancellationToken).ConfigureAwait(false))!;
        return left.Chunk(2).ToDictionary(pair => (string)pair[0]!, pair => TimeSpan.FromMilliseconds((long)pair[1]), StringComparer.Ordinal);
    }

    private static long Milliseconds(TimeSpan duration) => (long)Math.Ceiling(duration.TotalMilliseconds);
}
