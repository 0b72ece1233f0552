using System.Net;
using Microsoft.Extensions.AI;
using static AutoMix.Tests.ScriptedClient;

namespace AutoMix.Tests.Cases.Neighbours;

/// <summary>Cases 9 to 13 by other mechanisms.</summary>
public class FormatNeighbours
{
    private sealed record City(string Name, int Population);

    private const string Paris = """{"name":"Paris","population":2100000}""";

    private static readonly ChatOptions CityFormat = new() { ResponseFormat = ChatResponseFormat.ForJsonSchema<City>() };

    private static ChatMessage Image(ChatRole role, params AIContent[] more) => new(role, [.. more, new DataContent(new byte[] { 1 }, "image/png")]);

    [Theory]
    [InlineData(Mode.Whole, "```json\n{\"name\":\"Paris\",\"population\":2}\n```")]
    [InlineData(Mode.Streaming, "```json\n{\"name\":\"Paris\",\"population\":2}\n```")]
    [InlineData(Mode.Whole, "{\"name\":\"Paris\",\"population\":2} I hope that helps!")]
    [InlineData(Mode.Whole, "{\"name\":\"Paris\",\"population\":2100")]
    [InlineData(Mode.Whole, "{\"name\":\"Paris\",\"population\":2}{\"name\":\"Paris\",\"population\":2}")]
    [InlineData(Mode.Streaming, "null")]
    [InlineData(Mode.Whole, "[{\"name\":\"Paris\",\"population\":2}]")]
    [InlineData(Mode.Whole, "{\"name\":null,\"population\":2}")]
    public async Task Case09_WhatOnlyLooksLikeTheFormat_IsRejectedFree(Mode mode, string answer)
    {
        ScriptedClient small = Mix.Model(answer);
        ChatResponse response = await Mix.Of(small, Mix.Model(Paris)).AskAsync(mode, "?", CityFormat);

        response.Text.Should().Be(Paris);
        small.Verifications.Should().BeEmpty();
    }

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task Case09_AnswerAfterALoopInsideATier_IsTheLastMessageAndFollowsTheFormat(Mode mode)
    {
        bool HasResult(Call call) => call.Messages.Any(m => m.Contents.Any(c => c is FunctionResultContent));
        var small = new ScriptedClient(call => HasResult(call)
            ? Reply.Of(new TextContent(Paris)) with { Updates = [new(ChatRole.Assistant, Paris) { MessageId = "m2", FinishReason = ChatFinishReason.Stop }] }
            : Reply.Of(new TextContent("Let me look that up."), new FunctionCallContent("c1", "look", new Dictionary<string, object?>())));
        ChatOptions options = CityFormat.Clone();
        options.Tools = [AIFunctionFactory.Create(() => "2100000", "look")];
        ScriptedClient large = Answering("never");
        IChatClient client = Mix.Of(small.AsBuilder().UseFunctionInvocation().Build(), large, mix => mix.WithoutVerification());

        ChatResponse response = await client.AskAsync(mode, "?", options);

        response.Record().Attempts[0].Rejection.Should().BeNull();
        response.Record().Model.Should().Be("small");
    }

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task Case09_JsonWithoutASchema_MustStillBeJson(Mode mode)
    {
        ChatResponse response = await Mix.Of(Mix.Model("Here you are: {}"), Mix.Model("{}")).AskAsync(mode, "?", new ChatOptions { ResponseFormat = ChatResponseFormat.Json });

        response.Text.Should().Be("{}");
    }

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task Case10_JudgeOfAStructuredAnswerWithTools_GetsNeitherFormatNorTools(Mode mode)
    {
        ChatOptions options = CityFormat.Clone();
        options.Tools = [AIFunctionFactory.Create(() => 1, "look")];
        var large = new ScriptedClient(_ => Reply.Of("Fine.\nGrade: 10"));
        ChatResponse response = await Mix.Of(Answering(Paris), large, mix => mix.VerifyWith(Verifiers.Judge("large"))).AskAsync(mode, "?", options);

        response.Text.Should().Be(Paris);
        large.Calls.Should().ContainSingle().Which.Options.Should().Match<ChatOptions>(o => o.ResponseFormat == null && o.Tools == null && o.ToolMode == null);
    }

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task Case11_ToolsInstructionsAndOutput_CountTowardsTheWindow(Mode mode)
    {
        ScriptedClient small = Mix.Model("small");
        IChatClient client = Mix.Of(small, Mix.Model("large"), mix => mix.FirstModel(profile: p => p with { ContextWindow = 1_000 }).WithoutVerification());
        string long1 = string.Concat(Enumerable.Repeat("word ", 900));

        (await client.AskAsync(mode, "?", new ChatOptions { Instructions = long1 })).Text.Should().Be("large");
        (await client.AskAsync(mode, "?", new ChatOptions { MaxOutputTokens = 995 })).Text.Should().Be("large");
        (await client.AskAsync(mode, "?", new ChatOptions { Tools = [AIFunctionFactory.Create(() => 1, "look", long1)] })).Text.Should().Be("large");
        (await client.AskAsync(mode, [new(ChatRole.Tool, [new FunctionResultContent("c", long1)]), new(ChatRole.User, "?")])).Text.Should().Be("large");
        small.Calls.Should().BeEmpty();
        (await client.AskAsync(mode, "?", new ChatOptions { MaxOutputTokens = 900 })).Text.Should().Be("small");
    }

    [Theory, InlineData(Mode.Whole, 0), InlineData(Mode.Streaming, -5)]
    public async Task Case12_CounterThatSaysNothing_IsNotBelieved(Mode mode, int count)
    {
        IChatClient client = Mix.Of(Mix.Model("small"), Mix.Model("large"), mix => mix.CountTokensWith(_ => count).FirstModel(profile: p => p with { ContextWindow = 100 }));

        (await client.AskAsync(mode, new string('x', 1_000))).Text.Should().Be("large");
    }

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task Case13_ImageInAToolResult_SkipsATextOnlyTier(Mode mode)
    {
        ScriptedClient small = Mix.Model("small");
        IChatClient client = Mix.Of(small, Mix.Model("large"), mix => mix.FirstModel(profile: p => p with { Modalities = Modalities.Text }).WithoutVerification());
        ChatMessage[] history =
        [
            new(ChatRole.User, "what does it show?"),
            new(ChatRole.Assistant, [new FunctionCallContent("c1", "photo")]),
            new(ChatRole.Tool, [new FunctionResultContent("c1", new List<AIContent> { new DataContent(new byte[] { 1 }, "image/png") })]),
        ];

        (await client.AskAsync(mode, history)).Text.Should().Be("large");
        small.Calls.Should().BeEmpty();
    }

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task Case13_AgreementWithATextOnlyTierAboutAnImage_IsUnknownAndTheTierIsNotAsked(Mode mode)
    {
        ScriptedClient reader = Answering("a cat");
        IChatClient client = Mix.Of(Answering("a cat"), Answering("a black cat"), mix => mix
            .AddModel("text-only", reader, Mix.SmallPrice, p => p with { Modalities = Modalities.Text })
            .VerifyWith(Verifiers.AgreementWith("text-only")));

        ChatResponse response = await client.AskAsync(mode, [Image(ChatRole.User, new TextContent("what is it?"))]);

        reader.Calls.Should().BeEmpty("an image that it cannot see would be dropped without a word");
        response.Record().Attempts[0].Verdicts.Single().Should().Match<VerdictRecord>(v => v.Kind == VerdictKind.Unknown && v.Reason!.Contains("cannot read image"));
    }

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task Case13_AnswerThatIsAnImage_IsUnknownToATextVerifierAndNotASilentPass(Mode mode)
    {
        var small = new ScriptedClient(_ => Reply.Of(new DataContent(new byte[] { 1 }, "image/png")));
        ChatResponse response = await Mix.Of(small, Mix.Model("large")).AskAsync(mode, "draw a cat");

        small.Verifications.Should().BeEmpty();
        response.Record().Attempts[0].Verdicts.Single().Should().Match<VerdictRecord>(v => v.Kind == VerdictKind.Unknown && v.Calls == 0);
        response.Record().Model.Should().Be("large");
    }

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task State_AgreementWithAnotherProvider_DoesNotSendItWhatOnlyTheFirstCanRead(Mode mode)
    {
        ScriptedClient large = Answering("yes");
        IChatClient client = Mix.Of(Answering("yes"), large, mix => mix.VerifyWith(Verifiers.AgreementWith("large")));
        ChatMessage[] history = [new(ChatRole.User, "?"), new(ChatRole.Assistant, [new TextReasoningContent("hm") { ProtectedData = "sealed by small" }, new TextContent("no")]), new(ChatRole.User, "sure?")];

        await client.AskAsync(mode, history);

        large.Verifications.Single().Messages.SelectMany(m => m.Contents).OfType<TextReasoningContent>().Should().OnlyContain(r => r.ProtectedData == null);
    }

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task State_ConversationThatAProviderKeeps_IsNotVerifiedWithoutIt(Mode mode)
    {
        ScriptedClient small = Mix.Model("as I said, Paris");
        ChatResponse response = await Mix.Of(small, Answering("large"), mix => mix.VerifyWith(Verifiers.SelfConsistency(2)).VerifyWith(Verifiers.SelfVerification(2)).RouteWith((state, _) => new(
            state.Attempts.Count == 0 ? RoutingDecision.Call(0)
            : state.Attempts[0].CanVerify ? RoutingDecision.Verify(state.Attempts[0])
            : RoutingDecision.Accept(state.Attempts[0])))).AskAsync(mode, "and now?", new ChatOptions { ConversationId = "c" });

        small.Verifications.Should().BeEmpty();
        response.Record().Attempts[0].Verdicts.Should().HaveCount(2).And.OnlyContain(v => v.Kind == VerdictKind.Unknown && v.Reason!.Contains("conversation"));
    }

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task State_AnswersInTheBackground_AreNotAskedFor(Mode mode)
    {
#pragma warning disable MEAI001 // Experimental; a caller may set it all the same.
        ScriptedClient small = Answering("small");
        await Mix.Of(small, Answering("large"), mix => mix.WithoutVerification()).AskAsync(mode, "?", new ChatOptions { AllowBackgroundResponses = true });

        small.Calls.Single().Options!.AllowBackgroundResponses.Should().NotBe(true);
#pragma warning restore MEAI001
    }
}
