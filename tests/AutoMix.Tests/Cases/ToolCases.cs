using System.Net;
using Microsoft.Extensions.AI;
using static AutoMix.Tests.ScriptedClient;

namespace AutoMix.Tests.Cases;

public class ToolCases
{
    private int _charges;

    private ChatOptions Charge => new() { Tools = [AIFunctionFactory.Create((int amount) => $"charged {amount} ({++_charges})", "charge", "Charges a card.")] };

    private static Reply CallOf(string tool, params (string Name, object? Value)[] arguments) =>
        Reply.Of(new FunctionCallContent("call-1", tool, arguments.ToDictionary(a => a.Name, a => a.Value))) with { FinishReason = ChatFinishReason.ToolCalls };

    private static bool HasResult(Call call) => call.Messages.Any(m => m.Contents.Any(c => c is FunctionResultContent));

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task Case06_FunctionInvocationOutside_RunsTheToolOnceWhoeverAnswers(Mode mode)
    {
        var small = new ScriptedClient(call => HasResult(call) ? Reply.Of("I charged you, I think") : CallOf("charge", ("amount", 5)));
        var large = new ScriptedClient(call => HasResult(call) ? Reply.Of("Charged 5 once.") : CallOf("charge", ("amount", 5)));
        IChatClient client = Mix.Of(small, large, mix => mix.Distrust("small"), chain => chain.UseFunctionInvocation());

        ChatResponse response = await client.AskAsync(mode, "charge 5", Charge);

        _charges.Should().Be(1);
        response.Text.Should().Be("Charged 5 once.");
        large.Calls.Should().ContainSingle().Which.Messages.Should().Contain(m => m.Contents.OfType<FunctionResultContent>().Any());
    }

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task Case06_FunctionInvocationInsideATier_WhatRanIsNotRunAgainOnEscalation(Mode mode)
    {
        var small = new ScriptedClient(call => HasResult(call) ? Reply.Of("a poor answer") : CallOf("charge", ("amount", 5)));
        var large = new ScriptedClient(call => HasResult(call) ? Reply.Of("Charged 5 once.") : CallOf("charge", ("amount", 5)));
        IChatClient client = Mix.Of(
            small.AsBuilder().UseFunctionInvocation().Build(),
            large.AsBuilder().UseFunctionInvocation().Build(),
            mix => mix.Distrust("small"));

        ChatResponse response = await client.AskAsync(mode, "charge 5", Charge);

        _charges.Should().Be(1);
        response.Text.Should().Be("Charged 5 once.");
        large.Calls.Should().ContainSingle("it sees what has run").Which.Messages.Should().Contain(m => m.Contents.OfType<FunctionResultContent>().Any());
    }

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task Case06_TierThatFailsAfterItsToolRan_TheNextTierGetsTheRecordedResult(Mode mode)
    {
        var small = new ScriptedClient(call => HasResult(call) ? throw new HttpRequestException("gone", null, HttpStatusCode.BadGateway) : CallOf("charge", ("amount", 5)));
        var large = new ScriptedClient(call => HasResult(call) ? Reply.Of("Charged 5 once.") : CallOf("charge", ("amount", 5)));
        IChatClient client = Mix.Of(small.AsBuilder().UseFunctionInvocation().Build(), large.AsBuilder().UseFunctionInvocation().Build());

        ChatResponse response = await client.AskAsync(mode, "charge 5", Charge);

        _charges.Should().Be(1, "the second model asked for the same call and was given its result");
        response.Text.Should().Be("Charged 5 once.");
    }

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task Case06_SameToolTwiceWithinOneTier_RunsTwice(Mode mode)
    {
        var small = new ScriptedClient(call => call.Index < 2 ? CallOf("charge", ("amount", 5)) : Reply.Of("charged twice"));
        IChatClient client = Mix.Of(small.AsBuilder().UseFunctionInvocation().Build(), Answering("large"), mix => mix.WithoutVerification());

        await client.AskAsync(mode, "charge 5 two times", Charge);

        _charges.Should().Be(2);
    }

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task Case07_RateLimitOnTheSecondTurn_EscalatesWithTheHistory(Mode mode)
    {
        await using ProviderServer server = await ProviderServer.StartAsync();
        IChatClient client = Mix.Of(
            server.Client("small", e => e.FailAsync(HttpStatusCode.TooManyRequests, "slow down")),
            server.Client("large", e => e.AnswerAsync("It is 20 degrees.")));
        ChatMessage[] history =
        [
            new(ChatRole.User, "weather?"),
            new(ChatRole.Assistant, [new FunctionCallContent("call-1", "weather", new Dictionary<string, object?> { ["city"] = "Paris" })]),
            new(ChatRole.Tool, [new FunctionResultContent("call-1", "20 degrees")]),
        ];

        ChatResponse response = await client.AskAsync(mode, history);

        response.Text.Should().Be("It is 20 degrees.");
        server.Exchanges.Single(e => e.Model == "large").Body["messages"]!.AsArray().Should().HaveCount(3);
    }

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task Case08_ReplyOfOnlyAToolCall_IsNotEmptyAndNotVerified(Mode mode)
    {
        var small = new ScriptedClient(call => call.IsVerification ? throw new InvalidOperationException("verified a tool call") : CallOf("charge", ("amount", 5)));
        ChatResponse response = await Mix.Of(small, Answering("large")).AskAsync(mode, "charge 5", Charge);

        response.Messages.SelectMany(m => m.Contents).OfType<FunctionCallContent>().Should().ContainSingle();
        response.Record().Attempts[0].Kind.Should().Be(AnswerKind.ToolCall);
        small.Verifications.Should().BeEmpty();
    }

    [Theory]
    [InlineData(Mode.Whole, "chrage", "amount", 5)]
    [InlineData(Mode.Streaming, "chrage", "amount", 5)]
    [InlineData(Mode.Whole, "charge", "sum", 5)]
    [InlineData(Mode.Whole, "charge", "amount", "a lot")]
    [InlineData(Mode.Streaming, "charge", "amount", "a lot")]
    public async Task Case08_ToolCallThatDoesNotFitTheTools_IsRejectedFree(Mode mode, string tool, string argument, object value)
    {
        var small = new ScriptedClient(_ => CallOf(tool, (argument, value)));
        var large = new ScriptedClient(_ => CallOf("charge", ("amount", 5)));
        ChatResponse response = await Mix.Of(small, large).AskAsync(mode, "charge 5", Charge);

        response.Record().Model.Should().Be("large");
        response.Record().Attempts[0].Status.Should().Be(AttemptStatus.Unusable);
    }

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task Case08_ToolThatDemandsAStrongTier_IsNotCalledByAWeakOne(Mode mode)
    {
        var small = new ScriptedClient(_ => CallOf("charge", ("amount", 5)));
        var large = new ScriptedClient(_ => CallOf("charge", ("amount", 5)));
        IChatClient client = Mix.Of(small, large, mix => mix.Configure(o => o.ToolMinimumModels["charge"] = "large"));

        ChatResponse response = await client.AskAsync(mode, "charge 5", Charge);

        response.Record().Model.Should().Be("large");
        response.Record().Attempts[0].Rejection.Should().Contain("large");
    }

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task Case08_WeakTierWhoseToolCallIsForbidden_IsNeverReturnedEvenWhereNothingElseIsLeft(Mode mode)
    {
        var small = new ScriptedClient(_ => CallOf("charge", ("amount", 5)));
        IChatClient client = Mix.Of(small, Failing(() => new HttpRequestException("down")), mix => mix.Configure(o => o.ToolMinimumModels["charge"] = "large"));

        Func<Task> ask = () => client.AskAsync(mode, "charge 5", Charge);

        await ask.Should().ThrowAsync<NoUsableAnswerException>();
    }

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task StickyToolLoop_MarkerOnTheMessage_KeepsTheModel(Mode mode)
    {
        var small = new ScriptedClient(call => HasResult(call) ? Reply.Of("small finishes") : Reply.Of(" "));
        var large = new ScriptedClient(call => HasResult(call) ? Reply.Of("large finishes") : CallOf("charge", ("amount", 5)));
        IChatClient client = Mix.Of(small, large, mix => mix.WithoutVerification().Configure(o => o.StickyToolLoop = true), chain => chain.UseFunctionInvocation());

        (await client.AskAsync(mode, "charge 5", Charge)).Text.Should().Be("large finishes");
        small.Calls.Should().ContainSingle();
    }

    [Theory]
    [InlineData(true, "large finishes")]
    [InlineData(false, "small finishes")]
    public async Task StickyToolLoop_MarkerLost_IsTakenFromTheCallIds(bool idsKept, string expected)
    {
        var small = new ScriptedClient(call => HasResult(call) ? Reply.Of("small finishes") : Reply.Of(" "));
        var large = new ScriptedClient(call => HasResult(call) ? Reply.Of("large finishes") : CallOf("charge", ("amount", 5)));
        IChatClient client = Mix.Of(small, large, mix => mix.WithoutVerification().Configure(o => o.StickyToolLoop = true));
        ChatResponse first = await client.GetResponseAsync("charge 5", Charge);
        FunctionCallContent call = first.Messages.SelectMany(m => m.Contents).OfType<FunctionCallContent>().Single();
        string id = idsKept ? call.CallId : "other";
        ChatMessage[] bare =
        [
            new(ChatRole.User, "charge 5"),
            new(ChatRole.Assistant, [new FunctionCallContent(id, call.Name, call.Arguments)]),
            new(ChatRole.Tool, [new FunctionResultContent(id, "charged")]),
        ];

        (await client.GetResponseAsync(bare, Charge)).Text.Should().Be(expected);
    }

    [Fact]
    public async Task StickyToolLoop_ModelThatFails_LetsTheOthersIn()
    {
        var small = new ScriptedClient(call => HasResult(call) ? Reply.Of("small finishes") : Reply.Of(" "));
        var large = new ScriptedClient(call => HasResult(call) ? throw new HttpRequestException("429", null, HttpStatusCode.TooManyRequests) : CallOf("charge", ("amount", 5)));
        IChatClient client = Mix.Of(small, large, mix => mix.WithoutVerification().Configure(o => o.StickyToolLoop = true), chain => chain.UseFunctionInvocation());

        (await client.GetResponseAsync("charge 5", Charge)).Text.Should().Be("small finishes");
        _charges.Should().Be(1);
    }

    [Fact]
    public async Task StickyToolLoop_Off_AsksThePolicyAnew()
    {
        var small = new ScriptedClient(call => HasResult(call) ? Reply.Of("small finishes") : Reply.Of(" "));
        var large = new ScriptedClient(call => HasResult(call) ? Reply.Of("large finishes") : CallOf("charge", ("amount", 5)));
        IChatClient client = Mix.Of(small, large, mix => mix.WithoutVerification(), chain => chain.UseFunctionInvocation());

        (await client.GetResponseAsync("charge 5", Charge)).Text.Should().Be("small finishes");
    }
}
