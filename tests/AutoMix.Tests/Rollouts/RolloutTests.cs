using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using static AutoMix.Tests.ScriptedClient;

namespace AutoMix.Tests.Rollouts;

public class RolloutTests
{
    private static readonly string[] Questions = [.. Enumerable.Range(0, 200).Select(i => $"question {i}")];

    private static async Task<string[]> AnswersAsync(IChatClient client) =>
        await Task.WhenAll(Questions.Select(async q => (await client.GetResponseAsync(q)).Text));

    [Fact]
    public async Task Shadow_ThePolicyWouldAcceptTheSmallModel_ReturnsTheLargeOnesAnswer()
    {
        ChatResponse response = await Mix.Of(Mix.Model("small"), Answering("large"), mix => mix.Configure(o => o.Rollout.Mode = RolloutMode.Shadow)).GetResponseAsync("?");

        response.Text.Should().Be("large");
        response.Record().Rollout.Should().BeEquivalentTo(new { Role = RolloutRole.Shadow, WouldAnswer = "small", WouldAgree = false });
    }

    [Fact]
    public async Task Shadow_BothAnswerTheSame_SaysSo() =>
        (await Mix.Of(Mix.Model("Oslo"), Answering("Oslo."), mix => mix.Configure(o => o.Rollout.Mode = RolloutMode.Shadow)).GetResponseAsync("?")).Record().Rollout!.WouldAgree.Should().BeTrue();

    [Fact]
    public async Task Shadow_ThePolicyEscalates_CallsTheLargeModelOnce()
    {
        ScriptedClient large = Answering("large");
        ChatResponse response = await Mix.Of(Mix.Model("small", vote: false), large, mix => mix.Configure(o => o.Rollout.Mode = RolloutMode.Shadow)).GetResponseAsync("?");

        large.Answers.Should().ContainSingle();
        response.Record().Rollout.Should().BeEquivalentTo(new { WouldAnswer = "large", WouldAgree = true });
        response.Record().Rollout!.WouldCost.Should().Be(response.Record().Cost);
    }

    [Fact]
    public async Task Shadow_Costs_TellThePolicysFromTheLargestModels()
    {
        RoutingRecord record = (await Mix.Of(Mix.Model("small"), Answering("large", 10, 5), mix => mix.Configure(o => o.Rollout.Mode = RolloutMode.Shadow)).GetResponseAsync("?")).Record();

        record.Rollout!.LargestCost.Should().Be(Mix.LargePrice.CostOf(10, 5));
        record.Rollout.WouldCost.Should().Be(record.Cost - record.Rollout.LargestCost!.Value).And.BePositive();
    }

    [Fact]
    public async Task Shadow_ThePolicyThrows_ReturnsTheLargeOnesAnswer()
    {
        ChatResponse response = await Mix.Of(Answering("small"), Answering("large"), mix => mix
            .RouteWith((_, _) => throw new InvalidOperationException("broken")).Configure(o => o.Rollout.Mode = RolloutMode.Shadow)).GetResponseAsync("?");

        response.Text.Should().Be("large");
        response.Record().Outcome.Should().Be(RoutingOutcome.Accepted);
        response.Record().Rollout!.WouldAnswer.Should().BeNull();
    }

    [Fact]
    public async Task Shadow_TheLargeModelFails_ReturnsWhatThePolicyChose()
    {
        ChatResponse response = await Mix.Of(Mix.Model("small"), Failing(() => new HttpRequestException("down")), mix => mix.Configure(o => o.Rollout.Mode = RolloutMode.Shadow)).GetResponseAsync("?");

        response.Text.Should().Be("small");
    }

    [Fact]
    public async Task Shadow_Streaming_StreamsTheLargeOnesAnswerAndNothingElse()
    {
        List<ChatResponseUpdate> updates = await Mix.Of(Mix.Model("small"), Answering("large"), mix => mix.Configure(o => o.Rollout.Mode = RolloutMode.Shadow)).GetStreamingResponseAsync("?").ToListAsync();

        string.Concat(updates.Select(u => u.Text)).Should().Be("large");
        updates[^1].GetRoutingRecord()!.Rollout!.WouldAnswer.Should().Be("small");
    }

    [Fact]
    public async Task Canary_AShare_AnswersThatShareAndAlwaysTheSameRequests()
    {
        IChatClient client = Mix.Of(Mix.Model("small"), Answering("large"), mix => mix.VerifyWith((_, _) => new(1.0)).Configure(o => o.Rollout.Share = 0.25));
        string[] first = await AnswersAsync(client);

        (first.Count(a => a == "small") / (double)first.Length).Should().BeApproximately(0.25, 0.1);
        (await AnswersAsync(client)).Should().Equal(first);
    }

    [Fact]
    public async Task Shadow_TheWholeRecord_SurvivesACache()
    {
        RoutingRecord record = (await Mix.Of(Mix.Model("small"), Answering("large"), mix => mix.Configure(o => o.Rollout.Mode = RolloutMode.Shadow)).GetResponseAsync("?")).Record();
        string json = System.Text.Json.JsonSerializer.Serialize(record, RoutingRecordJson.Default.RoutingRecord);

        System.Text.Json.JsonSerializer.Deserialize(json, RoutingRecordJson.Default.RoutingRecord)!.Rollout.Should().Be(record.Rollout);
    }

    [Fact]
    public async Task Canary_ARequestOutsideTheShare_AsksTheLargeModelAlone()
    {
        ScriptedClient small = Mix.Model("small");
        RoutingRecord record = (await Mix.Of(small, Answering("large"), mix => mix.Configure(o => o.Rollout.Share = 0)).GetResponseAsync("?")).Record();

        small.Calls.Should().BeEmpty();
        record.Rollout!.Role.Should().Be(RolloutRole.Control);
    }

    [Fact]
    public async Task Stop_WhileItRuns_TheNextRequestGoesToTheLargeModelAlone()
    {
        var rollout = new RolloutControl();
        ScriptedClient small = Mix.Model("small");
        IChatClient client = Mix.Of(small, Answering("large"), mix => mix.UseRollout(rollout));
        (await client.GetResponseAsync("?")).Text.Should().Be("small");
        int calls = small.Calls.Count;
        rollout.Stop();

        ChatResponse response = await client.GetResponseAsync("?");
        response.Text.Should().Be("large");
        response.Record().Rollout!.Role.Should().Be(RolloutRole.Off);
        small.Calls.Should().HaveCount(calls);
    }

    [Fact]
    public async Task Serve_AfterAStop_ThePolicyAnswersAgain()
    {
        var rollout = new RolloutControl(RolloutMode.Off);
        IChatClient client = Mix.Of(Mix.Model("small"), Answering("large"), mix => mix.UseRollout(rollout));
        rollout.Serve();

        (await client.GetResponseAsync("?")).Text.Should().Be("small");
    }

    [Fact]
    public async Task Off_TheLargeModelFails_TheNextSmallerOneAnswers()
    {
        IChatClient client = Mix.Of(Answering("small"), Failing(() => new HttpRequestException("down")), mix => mix.UseRollout(new(RolloutMode.Off)));

        (await client.GetResponseAsync("?")).Text.Should().Be("small");
    }

    [Fact]
    public void Fingerprint_TheRolloutChanges_ChangesToo()
    {
        var rollout = new RolloutControl();
        AutoMixChatClient client = Mix.Of(Mix.Model("small"), Answering("large"), mix => mix.UseRollout(rollout)).GetService<AutoMixChatClient>()!;
        string before = client.Fingerprint;
        client.Fingerprint.Should().Be(before);
        rollout.Shadow();

        client.Fingerprint.Should().NotBe(before);
    }

    [Fact]
    public async Task Configuration_IsReloaded_StopsThePolicyWithoutARestart()
    {
        var settings = new Dictionary<string, string?> { ["Mix:Rollout:Mode"] = "Serve" };
        IConfigurationRoot configuration = new ConfigurationBuilder().AddInMemoryCollection(settings).Build();
        var services = new ServiceCollection();
        services.Configure<AutoMixOptions>(configuration.GetSection("Mix"));
        services.AddChatClient(Mix.Model("small")).UseAutoMix(mix => mix.AddModel("large", Answering("large")));
        using ServiceProvider provider = services.BuildServiceProvider();
        IChatClient client = provider.GetRequiredService<IChatClient>();
        (await client.GetResponseAsync("?")).Text.Should().Be("small");
        configuration["Mix:Rollout:Mode"] = "Off";
        configuration.Reload();

        (await client.GetResponseAsync("?")).Text.Should().Be("large");
    }

    [Fact]
    public async Task Configuration_SomethingElseIsReloaded_WhatCodeHasSetHolds()
    {
        var settings = new Dictionary<string, string?> { ["Mix:MaxAttempts"] = "5" };
        IConfigurationRoot configuration = new ConfigurationBuilder().AddInMemoryCollection(settings).Build();
        var services = new ServiceCollection();
        services.Configure<AutoMixOptions>(configuration.GetSection("Mix"));
        services.AddChatClient(Mix.Model("small")).UseAutoMix(mix => mix.AddModel("large", Answering("large")).Configure(o => o.Rollout.Mode = RolloutMode.Shadow));
        using ServiceProvider provider = services.BuildServiceProvider();
        IChatClient client = provider.GetRequiredService<IChatClient>();
        configuration["Mix:MaxAttempts"] = "6";
        configuration.Reload();
        (await client.GetResponseAsync("?")).Text.Should().Be("large");

        configuration["Mix:Rollout:Share"] = "0.5";
        configuration.Reload();
        (await client.GetResponseAsync("?")).Text.Should().Be("large", "the share was set anew, the mode was not");
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task Shadow_TheLimitsHoldOneCall_ReturnsTheLargeOnesAnswer(bool attempts)
    {
        ScriptedClient small = Mix.Model("small");
        ChatResponse response = await Mix.Of(small, Answering("large"), mix => mix.Configure(o => o.Rollout.Mode = RolloutMode.Shadow).Configure(o =>
        {
            o.MaxAttempts = attempts ? 1 : o.MaxAttempts;
            o.MaxCostPerRequest = attempts ? o.MaxCostPerRequest : 0.021m;
        })).GetResponseAsync("?", new() { MaxOutputTokens = 1_000 });

        response.Text.Should().Be("large");
        response.Record().Outcome.Should().Be(RoutingOutcome.Accepted);
        response.Record().Rollout!.WouldAnswer.Should().BeNull();
        small.Calls.Should().BeEmpty();
    }

    [Theory, InlineData(0), InlineData(1), InlineData(2), InlineData(3)]
    public async Task Shadow_ThePolicyAsksForTheImpossible_ReturnsTheLargeOnesAnswer(int mistake)
    {
        ChatResponse response = await Mix.Of(Answering("small"), Answering("large"), mix => mix
            .RouteWith((state, _) => new(state.Attempts.Count == 0 ? RoutingDecision.Call(0)
                : mistake == 0 ? RoutingDecision.Call(7)
                : mistake == 1 ? RoutingDecision.Verify(state.Attempts[0])
                : mistake == 2 ? RoutingDecision.Call(-1)
                : default))
            .WithoutVerification().Configure(o => o.Rollout.Mode = RolloutMode.Shadow)).GetResponseAsync("?");

        response.Text.Should().Be("large");
        response.Record().Outcome.Should().Be(RoutingOutcome.Accepted);
        response.Record().Rollout!.WouldAnswer.Should().BeNull();
    }

    [Theory, InlineData(-0.1), InlineData(1.1), InlineData(double.NaN)]
    public void Canary_NoShare_IsAConfigurationError(double share)
    {
        Action act = () => Mix.Of(Mix.Model("small"), Answering("large"), mix => mix.Configure(o => o.Rollout.Share = share));

        act.Should().Throw<AutoMixConfigurationException>().WithMessage("*Rollout*[0, 1]*");
    }
}
