using System.Globalization;
using StackExchange.Redis;

namespace AutoMix.Redis.Tests.Processes;

/// <summary>A process that makes requests under a shared budget, and notes in a journal of its own what each has cost.</summary>
internal static class Spender
{
    public const int AtOnce = 8;

    public static BudgetLimit[] Limits(decimal cap) => [BudgetLimit.PerDay(cap)];

    public static AutoMixRedis Connect(string endpoint, string prefix) =>
        new(new() { Configuration = $"{endpoint},connectTimeout=1000,connectRetry=30", KeyPrefix = prefix, Timeout = TimeSpan.FromSeconds(5), GrantLifetime = TimeSpan.FromSeconds(30) });

    public static async Task RunAsync(string endpoint, string prefix, int requests, decimal cap, string path, int seed)
    {
        await using AutoMixRedis redis = Connect(endpoint, prefix);
        RedisBudgetLedger ledger = redis.Ledger(Limits(cap));
        await using var journal = new StreamWriter(new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read)) { AutoFlush = true };
        var gate = new Lock();
        int next = 0;
        await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(async lane =>
        {
            var random = new Random((seed * AtOnce) + lane);
            while (Interlocked.Increment(ref next) is int number && number <= requests)
            {
                await RequestAsync(ledger, random, Note);
                if (number * 10 % requests == 0)
                {
                    Console.WriteLine($"at {number}");
                }
            }
        }));
        Console.WriteLine("done");

        void Note(decimal cost)
        {
            lock (gate)
            {
                journal.WriteLine(cost.ToString(CultureInfo.InvariantCulture));
            }
        }
    }

    private static async Task RequestAsync(RedisBudgetLedger ledger, Random random, Action<decimal> note)
    {
        decimal estimate = random.Next(1_000, 3_000) / 1_000_000m;
        while (true)
        {
            try
            {
                if (await ledger.TryReserveAsync("", estimate, default) is { } reservation)
                {
                    decimal cost = estimate * random.Next(30, 101) / 100;
                    note(cost);
                    await Task.Yield();
                    await ledger.SettleAsync(reservation, cost, default);
                }

                return;
            }
            catch (Exception e) when (e is RedisException or TimeoutException)
            {
                // As a caller would: the request is tried again a little later.
                await Task.Delay(20);
            }
        }
    }
}
