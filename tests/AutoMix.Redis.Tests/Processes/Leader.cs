using System.Text;
using AutoMix.Stores;
using StackExchange.Redis;

namespace AutoMix.Redis.Tests.Processes;

/// <summary>A process that publishes whenever it believes that it leads, also with leases that it has held for too long.</summary>
internal static class Leader
{
    public static async Task RunAsync(string endpoint, string prefix, string owner, int rounds)
    {
        await using AutoMixRedis redis = Spender.Connect(endpoint, prefix);
        LearnerLease? held = null;
        for (int round = 0; round < rounds; round++)
        {
            try
            {
                // Every third round it acts on what it got before, whatever has happened since.
                held = (round % 3 == 0 ? held : null) ?? await redis.Leases.TryAcquireAsync("plan", owner, TimeSpan.FromMilliseconds(round % 5 == 0 ? 1 : 20)) ?? held;
                if (held is not null && await redis.Plans.PublishAsync("plan", Encoding.UTF8.GetBytes(owner), held.FencingToken) is { } version)
                {
                    Console.WriteLine($"published {version.Number} {version.FencingToken} {owner}");
                }

                if (held is not null && round % 2 == 0)
                {
                    await redis.Leases.ReleaseAsync(held);
                }
            }
            catch (Exception e) when (e is RedisException or TimeoutException)
            {
                await Task.Delay(20);
            }
        }

        Console.WriteLine("done");
    }
}
