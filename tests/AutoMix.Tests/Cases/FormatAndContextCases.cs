using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;
using static AutoMix.Tests.ScriptedClient;

namespace AutoMix.Tests.Cases;

public class FormatAndContextCases
{
    private sealed record City(string Name, int Population);

    private static readonly ChatOptions CityFormat = new() { ResponseFormat = ChatResponseFormat.ForJsonSchema<City>() };

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task Case09_JsonFormat_ReachesEveryTierAndProseIsRejectedFree(Mode mode)
    {
        await using ProviderServer server = await ProviderServer.StartAsync();
        IChatClient client = Mix.Of(
            server.Client("small", e => e.AnswerAsync("Paris has about two million people.")),
            server.Client("middle", e => e.AnswerAsync("""{"name":"Paris"}""")),
            mix => mix.AddModel("largest", server.Client("largest", e => e.AnswerAsync("""{"name":"Paris","population":2100000}""")), Mix.LargePrice));

        ChatResponse response = await client.AskAsync(mode, "?", CityFormat);

        response.Text.Should().Contain("2100000");
        server.Exchanges.Should().HaveCount(3, "a rejected answer is not verified").And.OnlyContain(e => (string)e.Body["response_format"]!["type"]! == "json_schema");
        response.Record().Attempts.Select(a => a.Status).Should().Equal(AttemptStatus.Rejected, AttemptStatus.Rejected, AttemptStatus.Answered);
    }

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task Case09_ProseFromTheLastTier_LosesAgainstAnEarlierAnswerThatFollowsTheFormat(Mode mode)
    {
        var small = new ScriptedClient(call => call.IsVerification ? Reply.Of("Verification Decision: Incorrect") : Reply.Of("""{"name":"Paris","population":1}"""));
        ChatResponse response = await Mix.Of(small, Answering("Paris is large.")).AskAsync(mode, "?", CityFormat);

        response.Text.Should().StartWith("{");
        response.Record().Outcome.Should().Be(RoutingOutcome.Abstained);
    }

    [Fact]
    public async Task Case09_GetResponseOfT_EscalatesUntilTheAnswerFits()
    {
        IChatClient client = Mix.Of(Answering("Paris!"), Answering("""{"name":"Paris","population":2100000}"""));
        ChatResponse<City> response = await client.GetResponseAsync<City>("?");

        response.Result.Population.Should().Be(2_100_000);
        response.GetRoutingRecord()!.Model.Should().Be("large");
    }

    [Fact]
    public async Task Case09_GetResponseOfTOfAList_IsValidatedInItsWrapping()
    {
        IChatClient client = Mix.Of(Answering("""{"data":[1,"two"]}"""), Answering("""{"data":[1,2]}"""));
        ChatResponse<int[]> response = await client.GetResponseAsync<int[]>("?");

        response.Result.Should().Equal(1, 2);
        response.GetRoutingRecord()!.Model.Should().Be("large");
    }

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task Case10_VerificationOfAStructuredAnswer_IsACallOfItsOwnWithoutFormatAndTools(Mode mode)
    {
        var options = CityFormat.Clone();
        options.AdditionalProperties = new() { ["record"] = "r-7" };
        var small = new ScriptedClient(call => call.IsVerification ? Reply.Of("Verification Decision: Correct") : Reply.Of("""{"name":"Paris","population":2}"""));
        ChatResponse response = await Mix.Of(small, Answering("large")).AskAsync(mode, "?", options);

        response.Text.Should().Be("""{"name":"Paris","population":2}""", "the answer is never wrapped");
        small.Answers.Should().ContainSingle().Which.Messages.Should().ContainSingle(m => m.Text == "?");
        small.Verifications.Should().HaveCount(6).And.OnlyContain(c => c.Options!.ResponseFormat == null && c.Options.Tools == null);
        small.Calls.Should().OnlyContain(c => Equals(c.Options!.AdditionalProperties!["record"], "r-7"));
        options.AdditionalProperties.Should().HaveCount(1, "the caller's options are not changed");
    }

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task Case11_RequestThatDoesNotFitATier_SkipsIt(Mode mode)
    {
        var small = Mix.Model("small");
        string tenThousandTokens = string.Concat(Enumerable.Repeat("word ", 8_000));
        ChatResponse response = await Mix.Of(small, Mix.Model("large"), mix => mix.FirstModel(profile: p => p with { ContextWindow = 8_000 })).AskAsync(mode, tenThousandTokens);

        response.Text.Should().Be("large");
        small.Calls.Should().BeEmpty();
        response.Record().Skipped.Should().ContainSingle().Which.Reason.Should().Contain("8000");
    }

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task Case11_NextTierWithASmallerWindow_IsSkippedAndTheAnswerSoFarReturned(Mode mode)
    {
        var large = Mix.Model("large");
        var small = Mix.Model("small", vote: false);
        var services = new ChatClientBuilder(small).UseAutoMix(mix => mix
            .FirstModel("small", Mix.SmallPrice)
            .AddModel("large", large, Mix.LargePrice, p => p with { ContextWindow = 100 })).Build();
        ChatResponse response = await services.AskAsync(mode, string.Concat(Enumerable.Repeat("word ", 200)));

        response.Text.Should().Be("small");
        large.Calls.Should().BeEmpty();
    }

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task Case11_ProviderThatReportsItsContextError_IsFailedOver(Mode mode)
    {
        await using ProviderServer server = await ProviderServer.StartAsync();
        IChatClient client = Mix.Of(
            server.Client("small", e => e.FailAsync(HttpStatusCode.BadRequest, "This model's maximum context length is 8192 tokens.")),
            server.Client("large", e => e.AnswerAsync("fits")));
        ChatResponse response = await client.AskAsync(mode, "?");

        response.Text.Should().Be("fits");
        response.Record().Attempts[0].Failure.Should().Be(FailureKind.ContextLength);
    }

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task Case12_TokenizerThatThrows_FallsBackToAnEstimate(Mode mode)
    {
        IChatClient client = Mix.Of(Mix.Model("small"), Mix.Model("large"), mix => mix
            .FirstModel(profile: p => p with { ContextWindow = 100, CountTokens = _ => throw new NotSupportedException("unknown model") }));

        (await client.AskAsync(mode, "short")).Text.Should().Be("small");
        (await client.AskAsync(mode, new string('x', 1_000))).Text.Should().Be("large");
    }

    [Fact]
    public async Task Case12_CountersOfTheUser_Decide()
    {
        IChatClient client = Mix.Of(Mix.Model("small"), Mix.Model("large"), mix => mix
            .CountTokensWith(_ => 1_000_000)
            .FirstModel(profile: p => p with { ContextWindow = 100_000 })
            .Configure(o => o.LimitCost = false));

        (await client.GetResponseAsync("short")).Text.Should().Be("large");
    }

    [Theory]
    [InlineData("Hello, how are you today? I would like to know more about your products.", 18)]
    [InlineData("今天天气很好，我们去公园散步吧。", 17)]
    [InlineData("for (int i = 0; i < 10; i++) { sum += values[i] * weights[i]; }", 29)]
    public void Case12_Estimate_IsAnUpperOne(string text, int tokensOfO200K) =>
        TokenEstimate.OfText(text, null).Should().BeGreaterThanOrEqualTo(tokensOfO200K * 2 / 3).And.BeLessThan(tokensOfO200K * 4);

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task Case13_ImageToATextOnlyTier_SkipsItAndTheVerifierSaysUnknown(Mode mode)
    {
        var small = Mix.Model("a picture");
        var middle = Mix.Model("a cat");
        var large = Mix.Model("a black cat");
        IChatClient client = Mix.Of(small, middle, mix => mix
            .FirstModel(profile: p => p with { Modalities = Modalities.Text })
            .AddModel("largest", large, Mix.LargePrice));
        var question = new ChatMessage(ChatRole.User, [new TextContent("what is it?"), new DataContent(new byte[] { 1 }, "image/png")]);

        ChatResponse response = await client.AskAsync(mode, [question]);

        response.Text.Should().Be("a black cat", "what a text verifier cannot see is unknown, and unknown is not a pass");
        small.Calls.Should().BeEmpty();
        middle.Verifications.Should().BeEmpty();
        response.Record().Attempts[0].Verdicts.Should().ContainSingle().Which.Kind.Should().Be(VerdictKind.Unknown);
        large.Calls.Single().Messages.Single().Contents.OfType<DataContent>().Should().ContainSingle();
    }

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task Case13_NoTierThatReadsImages_IsAnErrorAndNotASilentDrop(Mode mode)
    {
        IChatClient client = new ChatClientBuilder(Mix.Model("small"))
            .UseAutoMix(mix => mix.FirstModel("small", profile: p => p with { Modalities = Modalities.Text })).Build();
        Func<Task> ask = () => client.AskAsync(mode, [new(ChatRole.User, [new UriContent("https://example.org/a.png", "image/png")])]);

        (await ask.Should().ThrowAsync<NoUsableAnswerException>()).WithMessage("*cannot read image*");
    }
}
