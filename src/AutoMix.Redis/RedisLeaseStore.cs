using AutoMix.Stores;
using StackExchange.Redis;

namespace AutoMix;

/// <summary>A hash of owner, token and end, which stays when the lease has ended.</summary>
internal sealed class RedisLeaseStore(RedisConnection connection) : ILeaseStore
{
    // Not merely one more than before: a failover may have lost what was before.
    private static readonly string TryAcquire = RedisConnection.Script("""
        local held = redis.call('HMGET', KEYS[1], 'owner', 'token', 'ends')
        local token, runs = tonumber(held[2] or 0), tonumber(held[3] or 0) > now
        if runs and held[1] ~= ARGV[2] then return '0' end
        if not runs then token = math.max(token + 1, now) end
        redis.call('HSET', KEYS[1], 'owner', ARGV[2], 'token', text(token), 'ends', text(now + ARGV[3]))
        return text(token)
        """);

    private static readonly string Release = RedisConnection.Script("""
        if redis.call('HGET', KEYS[1], 'token') == ARGV[2] then redis.call('HSET', KEYS[1], 'ends', '0') end
        return 1
        """);

    /// <summary>Where the lease of a name is; in one slot of a cluster with the plan of that name, whose publication looks at it.</summary>
    public static RedisKey Key(RedisConnection connection, string name) => $"{connection.KeyPrefix}:{{learner:{name}}}:lease";

    public async ValueTask<LearnerLease?> TryAcquireAsync(string name, string owner, TimeSpan duration, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentException.ThrowIfNullOrEmpty(owner);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(duration, TimeSpan.Zero);
        RedisValue[] arguments = [owner, (long)Math.Ceiling(duration.TotalMilliseconds)];
        long token = (long)await connection.EvaluateAsync(TryAcquire, [Key(connection, name)], arguments, cancellationToken).ConfigureAwait(false);
        return token == 0 ? null : new(name, owner, token, duration);
    }

    public async ValueTask ReleaseAsync(LearnerLease lease, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(lease);
        await connection.EvaluateAsync(Release, [Key(connection, lease.Name)], [lease.FencingToken], cancellationToken).ConfigureAwait(false);
    }
}
