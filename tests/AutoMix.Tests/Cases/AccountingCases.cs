using AutoMix.Policies;
using Microsoft.Extensions.AI;
using static AutoMix.Tests.ScriptedClient;

namespace AutoMix.Tests.Cases;

public class AccountingCases
{
    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task Case22_TwoTiersAndVerifiers_UsageIsTheSumOfAllCallsOnce(Mode mode)
    {
        await using ProviderServer server = await ProviderServer.StartAsync();
        IChatClient client = Mix.Of(
            server.Client("small", e => e.Body.ToJsonString().Contains("You check answers") ? e.AnswerAsync("Verification Decision: Incorrect", 200, 4) : e.AnswerAsync("small words", 11, 3)),
            server.Client("large", e => e.AnswerAsync("large words", 12, 7)));

        ChatResponse response = await client.AskAsync(mode, "?");

        response.Usage!.InputTokenCount.Should().Be(11 + 2 * 200 + 12);
        response.Usage.OutputTokenCount.Should().Be(3 + 2 * 4 + 7);
        response.Usage.TotalTokenCount.Should().Be(11 + 2 * 200 + 12 + 3 + 2 * 4 + 7);
        RoutingRecord record = response.Record();
        record.Attempts[0].Cost.Should().Be((11m * 1 + 3 * 2) / 1_000_000);
        record.Attempts[0].Verdicts.Single().Cost.Should().Be((400m * 1 + 8 * 2) / 1_000_000);
        record.Attempts[1].Cost.Should().Be((12m * 10 + 7 * 20) / 1_000_000);
        record.Cost.Should().Be(record.Attempts.Sum(a => a.Cost + a.Verdicts.Sum(v => v.Cost)));
        record.Spend.IsEstimated.Should().BeFalse();
    }

    [Fact]
    public async Task Case22_UsageObjectOfTheClient_IsNeverChanged()
    {
        var shared = new UsageDetails { InputTokenCount = 10, OutputTokenCount = 5, TotalTokenCount = 15, AdditionalCounts = new() { ["x"] = 1 } };
        var small = new ScriptedClient(call => Reply.Of(call.IsVerification ? "Verification Decision: Correct" : "a") with { Usage = shared });
        IChatClient client = Mix.Of(small, Answering("large"));
        foreach (Mode mode in Enum.GetValues<Mode>())
        {
            ChatResponse response = await client.AskAsync(mode, "?");
            response.Usage.Should().NotBeSameAs(shared);
            response.Usage!.AdditionalCounts!["x"].Should().Be(7, "six votes for of eight decide");
            response.Usage.InputTokenCount = 1_000;
        }

        shared.Should().BeEquivalentTo(new UsageDetails { InputTokenCount = 10, OutputTokenCount = 5, TotalTokenCount = 15, AdditionalCounts = new() { ["x"] = 1 } });
    }

    [Theory]
    [InlineData(true, 10, 9)]
    [InlineData(false, 10, 9)]
    public async Task Case22_ChunkedUsage_IsCountedOnce(bool final, long input, long output)
    {
        // Running totals, as some providers send them: each report replaces the one before.
        ChatResponseUpdate[] updates =
        [
            new(ChatRole.Assistant, [new TextContent("one "), new UsageContent(new() { InputTokenCount = 10, OutputTokenCount = 1 })]),
            new(ChatRole.Assistant, [new TextContent("two "), new UsageContent(new() { InputTokenCount = 10, OutputTokenCount = 4 })]),
            new(ChatRole.Assistant, [new TextContent("three"), new UsageContent(new() { InputTokenCount = 10, OutputTokenCount = 9 })]) { FinishReason = ChatFinishReason.Stop },
        ];
        var small = new ScriptedClient(_ => Reply.Of("") with { Updates = updates });
        IChatClient client = Mix.Of(small, Answering("large"), mix => mix.RouteWith((state, _) => new(
            state.Attempts.Count == 0 ? RoutingDecision.Call(0, final) : RoutingDecision.Accept(state.Attempts[0]))));

        ChatResponse response = await client.AskAsync(Mode.Streaming, "?");

        response.Text.Should().Be("one two three");
        response.Usage!.InputTokenCount.Should().Be(input);
        response.Usage.OutputTokenCount.Should().Be(output);
    }

    [Theory]
    [InlineData(UsageChunks.Detect, new long[] { 10, 0, 0, 3, 0, 4 }, 10, 7)]
    [InlineData(UsageChunks.Detect, new long[] { 10, 1, 0, 8 }, 10, 9)]
    [InlineData(UsageChunks.Cumulative, new long[] { 10, 3, 10, 4 }, 10, 4)]
    [InlineData(UsageChunks.Additive, new long[] { 10, 3, 10, 4 }, 20, 7)]
    public void Case22_ChunkedUsage_IsReadAsTheProfileSays(UsageChunks mode, long[] chunks, long input, long output)
    {
        UsageDetails[] reports = [.. chunks.Chunk(2).Select(chunk => new UsageDetails { InputTokenCount = chunk[0], OutputTokenCount = chunk[1] })];
        var meter = new UsageMeter(mode, reports[0]);
        foreach (UsageDetails report in reports[1..])
        {
            meter.Add(report);
        }

        meter.Total().InputTokenCount.Should().Be(input);
        meter.Total().OutputTokenCount.Should().Be(output);
    }

    [Fact]
    public async Task Case22_CachedInputTokens_AreChargedAtTheirOwnPrice()
    {
        var small = new ScriptedClient(_ => Reply.Of("a") with { Usage = new() { InputTokenCount = 1_000, CachedInputTokenCount = 800, OutputTokenCount = 10 } });
        IChatClient client = Mix.Of(small, Answering("large"), mix => mix.WithoutVerification().FirstModel(price: ModelPrice.PerMillionTokens(1, 2, cachedInput: 0.1m)));

        (await client.GetResponseAsync("?")).Record().Cost.Should().Be((200m * 1 + 800m * 0.1m + 10 * 2) / 1_000_000);
    }

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task Case24_BudgetThatEndsBeforeTheSecondTier_ReturnsTheBestSoFarMarked(Mode mode)
    {
        ScriptedClient large = Answering("large");
        IChatClient client = Mix.Of(Mix.Model("small", vote: false), large, mix => mix.Configure(o => o.MaxCostPerRequest = 0.015m));
        ChatResponse response = await client.AskAsync(mode, "?", new ChatOptions { MaxOutputTokens = 1_000 });

        response.Text.Should().Be("small");
        large.Calls.Should().BeEmpty("its own price counts, 0.02 dollars for the output alone");
        response.Record().Outcome.Should().Be(RoutingOutcome.LimitReached);
        response.Record().Limit.Should().Be(LimitKind.Cost);
    }

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task Case24_VerifierThatTheBudgetDoesNotHold_IsNotCalled(Mode mode)
    {
        ScriptedClient small = Mix.Model("small");
        IChatClient client = Mix.Of(small, Answering("large"), mix => mix.Configure(o => o.MaxCostPerRequest = 0.0005m));
        ChatResponse response = await client.AskAsync(mode, "?", new ChatOptions { MaxOutputTokens = 100 });

        small.Verifications.Should().BeEmpty();
        response.Text.Should().Be("small");
        response.Record().Limit.Should().Be(LimitKind.Cost);
        response.Record().Cost.Should().BeLessThan(0.0005m);
    }

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task Case24_BudgetTooSmallForAnyCall_IsAnExceptionThatNamesIt(Mode mode)
    {
        Func<Task> ask = () => Mix.Of(Answering("small"), Answering("large"), mix => mix.Configure(o => o.MaxCostPerRequest = 0.0000001m)).AskAsync(mode, "?");

        NoUsableAnswerException e = (await ask.Should().ThrowAsync<NoUsableAnswerException>()).Which;
        e.Record.Limit.Should().Be(LimitKind.Cost);
        e.Message.Should().Contain("cap");
    }

    [Fact]
    public void Case24_CapWithoutAPrice_IsAConfigurationErrorThatNamesTheModel()
    {
        Action build = () => new ChatClientBuilder(Answering("a")).UseAutoMix(mix => mix.FirstModel("small").Configure(o => o.MaxCostPerRequest = 1)).Build();

        build.Should().Throw<AutoMixConfigurationException>().WithMessage("*'small' has no price*ModelPrice*");
    }

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task Cost_ModelWithoutAPrice_IsUnknownAndNotFree(Mode mode)
    {
        IChatClient client = Mix.Model("small", vote: false).AsBuilder().UseAutoMix(mix => mix.FirstModel("small").AddModel("large", Mix.Model("large"), Mix.LargePrice)).Build();
        RoutingRecord record = (await client.AskAsync(mode, "?")).Record();

        record.Spend.IsIncomplete.Should().BeTrue();
        record.Attempts.Select(a => a.Spend.IsIncomplete).Should().Equal(true, false);
        record.Attempts[0].Verdicts.Should().ContainSingle().Which.Spend.IsIncomplete.Should().BeTrue();
        record.Cost.Should().Be(record.Attempts[1].Cost + record.Attempts[1].Verdicts.Sum(v => v.Cost)).And.BePositive();
        record.ToString().Should().Contain("and an unknown cost").And.Contain("small: Answered, unknown cost");
    }

    [Fact]
    public async Task Cost_ModelDeclaredFree_IsCompleteAndZero()
    {
        IChatClient client = Answering("a").AsBuilder().UseAutoMix(mix => mix.FirstModel("small", ModelPrice.Free).AddModel("large", Answering("b"), ModelPrice.Free).WithoutVerification()).Build();
        RoutingRecord record = (await client.AskAsync(Mode.Whole, "?")).Record();

        (record.Cost, record.Spend.IsIncomplete, record.Spend.IsEstimated).Should().Be((0m, false, false));
        record.ToString().Should().StartWith("Accepted: small, $0 in ");
    }

    [Fact]
    public async Task Cost_RefusedCallOfAModelWithoutAPrice_OwesNothing()
    {
        IChatClient client = Failing(() => new HttpRequestException("no", null, System.Net.HttpStatusCode.TooManyRequests)).AsBuilder()
            .UseAutoMix(mix => mix.FirstModel("small").AddModel("large", Answering("b"), Mix.LargePrice).WithoutVerification()).Build();
        RoutingRecord record = (await client.AskAsync(Mode.Whole, "?")).Record();

        record.Spend.IsIncomplete.Should().BeFalse();
        record.Attempts[0].ToString().Should().Be("small: Failed (RateLimit, HttpRequestException), $0");
    }

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task Case24_TenantWhoseBudgetIsSpent_IsRefusedAndOthersAreNot(Mode mode)
    {
        IChatClient client = Mix.Of(Answering("small", 0, 400_000), Answering("large"), mix => mix
            .WithoutVerification().Configure(o => o.Budgets.Add(BudgetLimit.PerHour(1.00m))).Configure(o => o.MaxCostPerRequest = 10));
        ChatOptions Of(string tenant) => new() { AdditionalProperties = new() { [RequestTags.Tenant] = tenant } };

        await client.AskAsync(mode, "?", Of("a"));
        ChatResponse second = await client.AskAsync(mode, "?", Of("b"));
        second.Text.Should().Be("small");
        await client.AskAsync(mode, "?", Of("a"));
        Func<Task> third = () => client.AskAsync(mode, "?", Of("a"));

        (await third.Should().ThrowAsync<NoUsableAnswerException>()).Which.Record.Limit.Should().Be(LimitKind.Budget);
    }

    [Fact]
    public async Task Case25_FingerprintOfThePipeline_ChangesWithWhatDecides()
    {
        string Of(Action<AutoMixBuilder> configure) => Mix.Of(Answering("a"), Answering("b"), configure).GetService<AutoMixChatClient>()!.Fingerprint;

        string plain = Of(_ => { });
        Of(_ => { }).Should().Be(plain);
        string[] others =
        [
            Of(m => m.Configure(o => o.AcceptThreshold = 0.9)), Of(m => m.FirstModel(price: Mix.LargePrice)), Of(m => m.VerifyWith((_, _) => new(1.0), "mine")),
            Of(m => m.AddModel("third", Answering("c"), Mix.LargePrice)), Of(m => m.RouteWith(new ThresholdPolicy(["small", "large"], [0.5, 0]))),
            Of(m => m.RouteWith(new ThresholdPolicy(["small", "large"], [0.6, 0]))), Of(m => m.Configure(o => o.MaxCostPerRequest = 0.5m)),
        ];
        others.Should().OnlyHaveUniqueItems().And.NotContain(plain);
        await Task.CompletedTask;
    }

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task Case25_AbstainedAnswer_IsMarkedAndCanBeThrownInstead(Mode mode)
    {
        static ValueTask<RoutingDecision> Decide(RoutingView state, CancellationToken ct) =>
            new(state.Attempts.Count == 0 ? RoutingDecision.Call(0) : RoutingDecision.Abstain("not sure"));

        ChatResponse marked = await Mix.Of(Answering("small"), Answering("large"), m => m.RouteWith(Decide)).AskAsync(mode, "?");
        marked.Record().Outcome.Should().Be(RoutingOutcome.Abstained);
        marked.Record().Reason.Should().Be("not sure");

        Func<Task> thrown = () => Mix.Of(Answering("small"), Answering("large"), m => m.RouteWith(Decide).Configure(o => o.OnAbstain = AbstainAction.Throw)).AskAsync(mode, "?");
        (await thrown.Should().ThrowAsync<NoUsableAnswerException>()).Which.BestAnswer!.Text.Should().Be("small");
    }
}
