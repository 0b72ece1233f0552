using System.Globalization;
using AutoMix.Stores;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;

namespace AutoMix.Redis.Tests.Stores;

public sealed class RegistrationTests
{
    private static AutoMixRedis Unconnected() => new(new());

    private static AutoMixBuilder Mix() => new AutoMixBuilder()
        .AddModel("small", new NoClient(), ModelPrice.Free)
        .AddModel("large", new NoClient(), ModelPrice.Free);

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
        Action act = () => Mix().Configure(o => o.Budgets.Add(BudgetLimit.PerDay(2_000_000m))).UseRedis(redis).Build();

        act.Should().Throw<AutoMixConfigurationException>().WithMessage("*Budgets*1,000,000*");
    }

    [Fact]
    public async Task UseRedis_BudgetNamedAfterIt_IsSharedTooAndNotOnlyThisProcess()
    {
        await using AutoMixRedis redis = Unconnected();
        Action act = () => Mix().UseRedis(redis).Configure(o => o.Budgets.Add(BudgetLimit.PerDay(2_000_000m))).Build();

        act.Should().Throw<AutoMixConfigurationException>("Redis is asked for its ledger").WithMessage("*1,000,000*");
    }

    [Fact]
    public async Task UseRedis_NothingPassed_TakesTheRegisteredOne()
    {
        await using ServiceProvider services = new ServiceCollection().AddAutoMixRedis().BuildServiceProvider();

        new AutoMixBuilder(services).Invoking(mix => mix.UseRedis()).Should().NotThrow();
        new AutoMixBuilder().Invoking(mix => mix.UseRedis()).Should().Throw<AutoMixConfigurationException>().WithMessage("*AddAutoMixRedis*");
    }

    [Fact]
    public async Task Ledger_TheSameLimitsUnderAnotherCulture_IsTheSame()
    {
        await using AutoMixRedis redis = Unconnected();
        RedisBudgetLedger here = redis.Ledger([BudgetLimit.PerDay(1.5m)]);
        CultureInfo before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = new(string.Empty) { NumberFormat = { NumberDecimalSeparator = "," } };
            redis.Ledger([BudgetLimit.PerDay(1.5m)]).Should().BeSameAs(here);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
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

    [Fact]
    public async Task AddAutoMixRedis_TheContainerIsDisposedOfSynchronously_EndsIt()
    {
        ServiceProvider services = new ServiceCollection().AddAutoMixRedis().BuildServiceProvider();
        AutoMixRedis redis = services.GetRequiredService<AutoMixRedis>();
        services.Dispose();
        Func<Task> act = async () => await redis.Counts.ReadAsync("k");

        await act.Should().ThrowAsync<ObjectDisposedException>();
    }

    private sealed class NoClient : IChatClient
    {
        public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException();

        public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException();

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }
    }
}
