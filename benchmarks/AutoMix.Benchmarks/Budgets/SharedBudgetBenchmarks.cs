using BenchmarkDotNet.Attributes;

namespace AutoMix.Benchmarks.Budgets;

/// <summary>
/// What a reservation and its settlement cost a request. AUTOMIX_REDIS names the server, as StackExchange.Redis reads it; localhost:6379 without it.
/// </summary>
[MemoryDiagnoser]
public class SharedBudgetBenchmarks
{
    private static readonly BudgetLimit[] Limits = [BudgetLimit.PerHour(1_000_000m)];
    private readonly InMemoryBudgetLedger _local = new(Limits);
    private readonly AutoMixRedis _blocks = Over(block: 1_000m);
    private readonly AutoMixRedis _reservations = Over(block: 0);
    private RedisBudgetLedger? _inBlocks;
    private RedisBudgetLedger? _eachTime;

    [GlobalSetup]
    public void Grant()
    {
        _inBlocks = _blocks.Ledger(Limits);
        _eachTime = _reservations.Ledger(Limits);
    }

    [GlobalCleanup]
    public async Task Disconnect()
    {
        await _blocks.DisposeAsync();
        await _reservations.DisposeAsync();
    }

    [Benchmark(Baseline = true)]
    public ValueTask InMemory() => RequestAsync(_local);

    // A block holds a million requests: half of it is used before another is asked for, in the background.
    [Benchmark]
    public ValueTask RedisWithinABlock() => RequestAsync(_inBlocks!);

    [Benchmark]
    public ValueTask RedisRoundTrip() => RequestAsync(_eachTime!);

    private static AutoMixRedis Over(decimal block) => new(new()
    {
        Configuration = Environment.GetEnvironmentVariable("AUTOMIX_REDIS") is { Length: > 0 } server ? server : "localhost:6379",
        KeyPrefix = $"benchmark:{Guid.NewGuid():N}",
        Block = block,
    });

    private static async ValueTask RequestAsync(IBudgetLedger ledger)
    {
        BudgetReservation? reservation = await ledger.TryReserveAsync("tenant", 0.001m, default);
        await ledger.SettleAsync(reservation!, 0.001m, default);
    }
}
