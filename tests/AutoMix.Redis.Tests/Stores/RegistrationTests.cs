using AutoMix.Stores;
using Microsoft.Extensions.DependencyInjection;

namespace AutoMix.Redis.Tests.Stores;

public sealed class RegistrationTests
{
    private static AutoMixRedis Unconnected() => new(new());

    [Fact]
    public async Task AddAutoMixRedis_StoresWereRegistered_TakesTheirPlace()
    {
        await using ServiceProvider services = new ServiceCollection().AddSingleton<ICountStore, InMemoryCountStore>().AddAutoMixRedis().BuildServiceProvider();
        AutoMixRedis redis = services.GetRequiredService<AutoMixRedis>();

        services.GetRequiredService<ICircuitStore>().Should().BeSameAs(redis.Circuits);
        services.GetRequiredService<ICountStore>().Should().BeSameAs(redis.Counts);
        services.GetRequiredService<IPlanStore>().Should().BeSameAs(redis.Plans);
        services.GetRequiredService<ILeaseStore>().Should().BeSameAs(redis.Leases);
    }

    [Fact]
    public async Task UseRedis_ABudgetBeyondWhatCanBeCounted_IsRefused()
    {
        await using AutoMixRedis redis = Unconnected();
        Action act = () => new AutoMixBuilder().Budget(BudgetLimit.PerDay(2_000_000m)).UseRedis(redis);

        act.Should().Throw<AutoMixConfigurationException>().WithMessage("*Budgets*1,000,000*");
    }

    [Fact]
    public async Task Ledger_TheSameLimits_IsTheSame()
    {
        await using AutoMixRedis redis = Unconnected();

        redis.Ledger([BudgetLimit.PerDay(1m)]).Should().BeSameAs(redis.Ledger([BudgetLimit.PerDay(1m)]));
    }

    [Fact]
    public void Options_OutOfRange_NameTheSetting()
    {
        foreach ((AutoMixRedisOptions options, string setting) in new[]
        {
            (new AutoMixRedisOptions { Configuration = " " }, "Configuration"),
            (new() { KeyPrefix = "" }, "KeyPrefix"),
            (new() { Timeout = TimeSpan.Zero }, "Timeout"),
            (new() { Block = -1 }, "Block"),
            (new() { GrantLifetime = TimeSpan.Zero }, "GrantLifetime"),
            (new() { PollInterval = TimeSpan.Zero }, "PollInterval"),
        })
        {
            Action act = () => _ = new AutoMixRedis(options);

            act.Should().Throw<AutoMixConfigurationException>().WithMessage($"*{setting}*");
        }
    }

    [Fact]
    public async Task Operation_AfterDispose_IsRefused()
    {
        AutoMixRedis redis = Unconnected();
        await redis.DisposeAsync();
        Func<Task> act = async () => await redis.Counts.ReadAsync("k");

        await act.Should().ThrowAsync<ObjectDisposedException>();
    }
}
