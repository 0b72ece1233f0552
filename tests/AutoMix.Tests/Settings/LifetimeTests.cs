using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using static AutoMix.Tests.ScriptedClient;

namespace AutoMix.Tests.Settings;

/// <summary>What outlives a client, what it owns, and what may change under it.</summary>
public class LifetimeTests
{
    // Each call costs two dollars.
    private static ScriptedClient TwoDollars(int failures = 0) => new(call => call.Index < failures ? throw new HttpRequestException("down") : Reply.Of("small", 0, 1_000_000));

    private static void Register(IServiceCollection services, string how, IChatClient model, Action<AutoMixBuilder> configure)
    {
        if (how == "add")
        {
            services.AddAutoMixChatClient(mix => configure(mix.AddModel("small", model, Mix.SmallPrice, leaveOpen: true)), ServiceLifetime.Scoped);
        }
        else
        {
            services.AddChatClient(_ => model, ServiceLifetime.Scoped).UseAutoMix(mix => configure(mix.FirstModel("small", Mix.SmallPrice)));
        }
    }

    [Theory, InlineData("add"), InlineData("use")]
    public async Task ScopedClients_ShareOneBudget(string how)
    {
        var services = new ServiceCollection();
        Register(services, how, TwoDollars(), m => m.Configure(o => o.MaxCostPerRequest = 10).WithoutVerification().FirstModel(profile: p => p with { DefaultMaxOutputTokens = 1_000_000 }).Configure(o => o.Budgets.Add(BudgetLimit.PerHour(3m))));
        await using ServiceProvider provider = services.BuildServiceProvider();
        var outcomes = new List<LimitKind?>();
        for (int i = 0; i < 4; i++)
        {
            await using AsyncServiceScope scope = provider.CreateAsyncScope();
            try
            {
                outcomes.Add((await scope.ServiceProvider.GetRequiredService<IChatClient>().GetResponseAsync("?")).Record().Limit);
            }
            catch (NoUsableAnswerException e)
            {
                outcomes.Add(e.Record.Limit);
            }
        }

        outcomes.Should().Equal(null, LimitKind.Budget, LimitKind.Budget, LimitKind.Budget);
    }

    [Fact]
    public async Task ScopedClients_ShareCircuits()
    {
        var services = new ServiceCollection();
        ScriptedClient down = TwoDollars(failures: int.MaxValue);
        Register(services, "add", down, m => m.AddModel("large", Answering("large"), leaveOpen: true).WithoutVerification().Configure(o => o.Circuit.MinimumThroughput = 2));
        await using ServiceProvider provider = services.BuildServiceProvider();
        for (int i = 0; i < 4; i++)
        {
            await using AsyncServiceScope scope = provider.CreateAsyncScope();
            (await scope.ServiceProvider.GetRequiredService<IChatClient>().GetResponseAsync("?")).Text.Should().Be("large");
        }

        down.Calls.Should().HaveCount(2);
    }

    [Fact]
    public async Task TwoRegistrations_ShareNothing()
    {
        for (int i = 0; i < 2; i++)
        {
            var services = new ServiceCollection();
            Register(services, "add", TwoDollars(), m => m.Configure(o => o.MaxCostPerRequest = 10).WithoutVerification().Configure(o => o.Budgets.Add(BudgetLimit.PerHour(3m))));
            await using ServiceProvider provider = services.BuildServiceProvider();
            await using AsyncServiceScope scope = provider.CreateAsyncScope();
            (await scope.ServiceProvider.GetRequiredService<IChatClient>().GetResponseAsync("?")).Text.Should().Be("small");
        }
    }

    [Theory, InlineData(false, 1), InlineData(true, 0)]
    public void ClientOfAFactory_StaysOpenWhereAsked(bool leaveOpen, int disposals)
    {
        ScriptedClient made = Answering("small");
        new AutoMixBuilder().AddModel("small", _ => made, leaveOpen: leaveOpen).Build().Dispose();

        made.Disposals.Should().Be(disposals);
    }

    [Fact]
    public async Task SettingsChangedAfterBuild_ChangeNothing()
    {
        AutoMixBuilder mix = new AutoMixBuilder().AddModel("small", Answering("small")).AddModel("large", Answering("large")).VerifyWith((_, _) => new(0.6)).Configure(o => o.AcceptThreshold = 0.5);
        mix.Options.Models["small"] = new() { ContextWindow = 1000 };
        mix.Options.Failures[FailureKind.Empty] = FailureReaction.FailOver;
        using AutoMixChatClient client = mix.Build();
        mix.Options.MaxAttempts = 0;
        mix.Options.Deadline = TimeSpan.Zero;
        mix.Options.OnAbstain = AbstainAction.Throw;
        mix.Options.Circuit.Enabled = false;

        (await client.GetResponseAsync("?")).Record().Outcome.Should().Be(RoutingOutcome.Accepted);
    }

    [Fact]
    public void ModelOptionsChangedAfterwards_AreNotSharedWithTheRegisteredOptions()
    {
        var services = new ServiceCollection();
        services.Configure<AutoMixOptions>(o => o.Models["small"] = new() { ContextWindow = 1000 });
        using ServiceProvider provider = services.BuildServiceProvider();
        new AutoMixBuilder(provider).Options.Models["small"].ContextWindow = 5;

        new AutoMixBuilder(provider).Options.Models["small"].ContextWindow.Should().Be(1000);
    }

    [Fact]
    public void ClientThatThrowsOnDispose_DoesNotLeaveTheOthersOpen()
    {
        ScriptedClient last = Answering("c");
        AutoMixChatClient client = new AutoMixBuilder().AddModel("a", new Disposing()).AddModel("b", new Disposing()).AddModel("c", last).Build();

        client.Invoking(c => c.Dispose()).Should().Throw<AggregateException>().Which.InnerExceptions.Should().HaveCount(2);
        last.Disposals.Should().Be(1);
    }

    [Fact]
    public void BuildThatFails_ClosesTheClientsThatFactoriesHaveMade()
    {
        ScriptedClient made = Answering("a");
        ScriptedClient kept = Answering("b");
        ScriptedClient given = Answering("c");
        AutoMixBuilder mix = new AutoMixBuilder().AddModel("a", _ => made).AddModel("b", _ => kept, leaveOpen: true).AddModel("c", given)
            .AddModel("d", _ => throw new InvalidOperationException("no key"));

        mix.Invoking(m => m.Build()).Should().Throw<InvalidOperationException>();
        (made.Disposals, kept.Disposals, given.Disposals).Should().Be((1, 0, 0), "what the caller made can be tried again");
    }

    [Theory, InlineData(false, 2), InlineData(true, 0)]
    public async Task VerifierAndPolicyByType_AreDisposedWhereThePipelineMadeThem(bool registered, int expected)
    {
        var log = new DisposalLog();
        var services = new ServiceCollection();
        services.AddSingleton(log);
        if (registered)
        {
            services.AddSingleton<LoggedVerifier>().AddSingleton<LoggedPolicy>();
        }

        await using ServiceProvider provider = services.BuildServiceProvider();
        AutoMixChatClient client = new AutoMixBuilder(provider).AddModel("small", Answering("small")).VerifyWith<LoggedVerifier>().RouteWith<LoggedPolicy>().Build();
        client.Dispose();
        client.Dispose();

        log.Count.Should().Be(expected);
    }

    private sealed class Disposing : DelegatingChatClient
    {
        public Disposing()
            : base(Answering("?"))
        {
        }

        protected override void Dispose(bool disposing)
        {
            base.Dispose(disposing);
            throw new InvalidOperationException("broken");
        }
    }

    internal sealed class DisposalLog
    {
        public int Count { get; set; }
    }

    internal sealed class LoggedVerifier(DisposalLog log) : IVerifier, IDisposable
    {
        public bool IsFree => true;

        public ValueTask<Verdict> VerifyAsync(VerificationContext context, CancellationToken cancellationToken) => new(1.0);

        public void Dispose() => log.Count++;
    }

    internal sealed class LoggedPolicy(DisposalLog log) : IRoutingPolicy, IDisposable
    {
        public ValueTask<RoutingDecision> DecideAsync(RoutingView state, CancellationToken cancellationToken) => new(RoutingDecision.Call(0));

        public void Dispose() => log.Count++;
    }
}
