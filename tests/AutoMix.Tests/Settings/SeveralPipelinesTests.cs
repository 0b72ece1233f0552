using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using static AutoMix.Tests.ScriptedClient;

namespace AutoMix.Tests.Settings;

/// <summary>Several pipelines in one container: each has its own options, budget, circuits and models.</summary>
public class SeveralPipelinesTests
{
    private static ServiceCollection Named(Dictionary<string, string?> settings)
    {
        IConfiguration configuration = new ConfigurationBuilder().AddInMemoryCollection(settings).Build();
        var services = new ServiceCollection();
        services.Configure<AutoMixOptions>(configuration.GetSection("AutoMix"));
        services.Configure<AutoMixOptions>("strict", configuration.GetSection("Strict"));
        services.Configure<AutoMixOptions>("cheap", configuration.GetSection("Cheap"));
        return services;
    }

    private static void TwoModels(AutoMixBuilder mix) => mix
        .AddModel("small", Answering("small"), Mix.SmallPrice).AddModel("large", Answering("large"), Mix.LargePrice)
        .VerifyWith((_, _) => new(0.6), "says", isFree: false);

    [Fact]
    public async Task KeyedPipelines_EachFollowsItsOwnOptions()
    {
        ServiceCollection services = Named(new() { ["AutoMix:AcceptThreshold"] = "0.6", ["Strict:AcceptThreshold"] = "0.9", ["Cheap:AcceptThreshold"] = "0.1" });
        services.AddAutoMixChatClient(TwoModels);
        services.AddKeyedAutoMixChatClient("strict", TwoModels);
        services.AddKeyedAutoMixChatClient("cheap", TwoModels, ServiceLifetime.Scoped);
        services.AddKeyedChatClient("first", Answering("first")).UseAutoMix(mix => mix.FirstModel("tiny").AddModel("large", Answering("large")).VerifyWith((_, _) => new(0.6), "says", isFree: false), "strict");
        await using ServiceProvider provider = services.BuildServiceProvider(validateScopes: true);
        await using AsyncServiceScope scope = provider.CreateAsyncScope();

        (await provider.GetRequiredService<IChatClient>().GetResponseAsync("?")).Text.Should().Be("small");
        (await provider.GetRequiredKeyedService<IChatClient>("strict").GetResponseAsync("?")).Text.Should().Be("large");
        (await scope.ServiceProvider.GetRequiredKeyedService<IChatClient>("cheap").GetResponseAsync("?")).Text.Should().Be("small");
        (await provider.GetRequiredKeyedService<IChatClient>("first").GetResponseAsync("?")).Text.Should().Be("large", "UseAutoMix takes the options of that name");
    }

    [Fact]
    public async Task KeyedPipelines_SpendTheirOwnBudgets()
    {
        ServiceCollection services = Named(new()
        {
            ["Strict:Budgets:0:Dollars"] = "0",
            ["Strict:Budgets:0:Window"] = "01:00:00",
            ["Cheap:Budgets:0:Dollars"] = "100",
            ["Cheap:Budgets:0:Window"] = "01:00:00",
        });
        services.AddKeyedAutoMixChatClient("strict", TwoModels);
        services.AddKeyedAutoMixChatClient("cheap", TwoModels);
        await using ServiceProvider provider = services.BuildServiceProvider();

        (await provider.GetRequiredKeyedService<IChatClient>("cheap").GetResponseAsync("?")).Record().Limit.Should().BeNull();
        NoUsableAnswerException e = (await provider.GetRequiredKeyedService<IChatClient>("strict").Invoking(c => c.GetResponseAsync("?")).Should().ThrowAsync<NoUsableAnswerException>()).Which;
        e.Record.Limit.Should().Be(LimitKind.Budget);
    }

    [Fact]
    public async Task OptionsOfANameThatNobodyConfigured_AreTheDefaults()
    {
        ServiceCollection services = Named(new() { ["AutoMix:AcceptThreshold"] = "0.1" });
        services.AddKeyedAutoMixChatClient("other", TwoModels);
        await using ServiceProvider provider = services.BuildServiceProvider();

        (await provider.GetRequiredKeyedService<IChatClient>("other").GetResponseAsync("?")).Text.Should().Be("large", "0.6 is below 0.75");
    }

    [Theory, InlineData("AcceptThreshold", "0.1", true), InlineData("MaxCostPerRequest", "1.00", false), InlineData("MaxCostPerRequest", "1", false)]
    public void OptionsFromAFile_DemandPricesOnlyWhereTheFileSaysTheCap(string setting, string value, bool built)
    {
        ServiceCollection services = Named(new() { [$"AutoMix:{setting}"] = value });
        services.AddAutoMixChatClient(mix => mix.AddModel("small", Answering("small")));
        Action build = () => services.BuildServiceProvider().GetRequiredService<IChatClient>();

        if (built)
        {
            build.Should().NotThrow("the binder writes the default back, which nobody has set");
        }
        else
        {
            build.Should().Throw<AutoMixConfigurationException>().WithMessage("*'small' has no price*MaxCostPerRequest*");
        }
    }

    public static TheoryData<string, IVerifier> BuiltIn => new()
    {
        { "self-verification", Verifiers.SelfVerification() },
        { "self-consistency", Verifiers.SelfConsistency() },
        { "semantic-entropy", Verifiers.SemanticEntropy() },
        { "agreement-with-large", Verifiers.AgreementWith("large") },
        { "judge", Verifiers.Judge("large") },
        { "grounding", Verifiers.Grounding() },
        { "length", Verifiers.Length(1, 9) },
        { "no-refusal", Verifiers.NoRefusal() },
        { "no-hedging", Verifiers.NoHedging() },
    };

    [Theory, MemberData(nameof(BuiltIn))]
    public async Task TwoOfAKind_NeedNamesThatTellThemApart(string name, IVerifier verifier)
    {
        verifier.Name.Should().Be(name);
        new Action(() => Mix.Of(Answering("a"), Answering("b"), m => m.VerifyWith(verifier).VerifyWith(verifier)))
            .Should().Throw<AutoMixConfigurationException>().WithMessage($"*'{name}'*.Named(*");

        IChatClient client = Mix.Of(Answering("a"), Answering("b"), m => m.VerifyWith(verifier).VerifyWith(verifier.Named("again")).Configure(o => o.AcceptThreshold = 0));
        RoutingRecord record = (await client.GetResponseAsync("?")).Record();

        record.Attempts[0].Verdicts.Select(v => v.Verifier).Should().Contain([name, "again"]);
    }

    [Fact]
    public void Named_ChangesNothingButTheName()
    {
        IVerifier judge = Verifiers.Judge("large");
        IVerifier named = judge.Named("strict");

        (named.Name, named.IsFree, named.Fingerprint).Should().Be(("strict", judge.IsFree, judge.Fingerprint));
        named.AskedModels.Should().Equal(judge.AskedModels);
    }
}
