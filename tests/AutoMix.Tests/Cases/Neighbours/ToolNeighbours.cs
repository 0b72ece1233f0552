using System.Net;
using System.Text.Json;
using Microsoft.Extensions.AI;
using static AutoMix.Tests.ScriptedClient;

namespace AutoMix.Tests.Cases.Neighbours;

/// <summary>Cases 6 to 8 by other mechanisms.</summary>
public class ToolNeighbours
{
    private int _charges;

    private ChatOptions Charge => new() { Tools = [AIFunctionFactory.Create((JsonElement order) => $"charged ({++_charges})", "charge")] };

    private static Reply CallOf(string tool, string arguments = "{}", string id = "call-1") =>
        Reply.Of(new FunctionCallContent(id, tool, JsonSerializer.Deserialize<Dictionary<string, object?>>(arguments))) with { FinishReason = ChatFinishReason.ToolCalls };

    private static bool HasResult(Call call) => call.Messages.Any(m => m.Contents.Any(c => c is FunctionResultContent));

    private static IChatClient WithOwnLoop(ScriptedClient model) => model.AsBuilder().UseFunctionInvocation().Build();

    [Theory]
    [InlineData(Mode.Whole, """{"order":{"b":"x","a":5}}""")]
    [InlineData(Mode.Streaming, """{"order":{"b":"x","a":5}}""")]
    [InlineData(Mode.Whole, """{"order": { "a" : 5.0, "b" : "x" } }""")]
    [InlineData(Mode.Whole, """{"order":{"a":5e0,"b":"\u0078"}}""")]
    public async Task Case06_SameCallWrittenInAnotherWay_IsTheSameCall(Mode mode, string again)
    {
        var small = new ScriptedClient(call => HasResult(call) ? throw new HttpRequestException("gone", null, HttpStatusCode.BadGateway) : CallOf("charge", """{"order":{"a":5,"b":"x"}}"""));
        var large = new ScriptedClient(call => call.Index == 0 ? CallOf("charge", again, "call-9") : Reply.Of("Charged once."));
        ChatResponse response = await Mix.Of(WithOwnLoop(small), WithOwnLoop(large)).AskAsync(mode, "charge", Charge);

        response.Text.Should().EndWith("Charged once.");
        _charges.Should().Be(1);
    }

    [Theory]
    [InlineData("""{"order":{"a":6,"b":"x"}}""")]
    [InlineData("""{"order":{"a":"5","b":"x"}}""")]
    [InlineData("""{"order":[5,"x"]}""")]
    public async Task Case06_AnotherCall_IsNotTakenForTheSame(string other)
    {
        var small = new ScriptedClient(call => HasResult(call) ? throw new HttpRequestException("gone", null, HttpStatusCode.BadGateway) : CallOf("charge", """{"order":{"a":5,"b":"x"}}"""));
        var large = new ScriptedClient(call => call.Index == 0 ? CallOf("charge", other, "call-9") : Reply.Of("Charged twice."));
        await Mix.Of(WithOwnLoop(small), WithOwnLoop(large)).AskAsync(Mode.Whole, "charge", Charge);

        _charges.Should().Be(2);
    }

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task Case06_TierThatFailsAfterItsToolRan_TheNextTierIsToldWhatRan(Mode mode)
    {
        var small = new ScriptedClient(call => HasResult(call) ? throw new HttpRequestException("gone", null, HttpStatusCode.BadGateway) : CallOf("charge", """{"order":1}"""));
        var large = new ScriptedClient(call => HasResult(call) ? Reply.Of("You were charged already.") : CallOf("charge", """{"order":"the same, in other words"}"""));
        ChatResponse response = await Mix.Of(WithOwnLoop(small), WithOwnLoop(large)).AskAsync(mode, "charge", Charge);

        _charges.Should().Be(1);
        response.Text.Should().Be("You were charged already.");
        IEnumerable<AIContent> told = large.Calls[0].Messages.SelectMany(m => m.Contents);
        told.OfType<FunctionCallContent>().Single().CallId.Should().Be(told.OfType<FunctionResultContent>().Single().CallId);
    }

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task Case06_ApprovalInsideATier_IsStillAskedFor(Mode mode)
    {
        var tool = new ApprovalRequiredAIFunction(AIFunctionFactory.Create(() => ++_charges, "charge"));
        var small = new ScriptedClient(_ => CallOf("charge"));
        ChatResponse response = await Mix.Of(WithOwnLoop(small), Answering("large")).AskAsync(mode, "charge", new ChatOptions { Tools = [tool] });

        _charges.Should().Be(0);
        response.Messages.SelectMany(m => m.Contents).OfType<ToolApprovalRequestContent>().Should().ContainSingle();
        response.Record().Attempts[0].Kind.Should().Be(AnswerKind.ToolCall);
        small.Verifications.Should().BeEmpty();
    }

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task Case07_FailureOnTheSecondTurnOfARealLoop_EscalatesWithTheHistoryAndRunsTheToolOnce(Mode mode)
    {
        await using ProviderServer server = await ProviderServer.StartAsync();
        int turns = 0;
        var small = new ScriptedClient(call => ++turns > 1 ? throw new HttpRequestException("503", null, HttpStatusCode.ServiceUnavailable) : CallOf("charge", """{"order":1}"""));
        IChatClient client = Mix.Of(small, server.Client("large", e => e.AnswerAsync("Charged once.")), _ => { }, chain => chain.UseFunctionInvocation());

        ChatResponse response = await client.AskAsync(mode, "charge", Charge);

        _charges.Should().Be(1);
        response.Text.Should().EndWith("Charged once.");
        server.Exchanges.Single().Body["messages"]!.AsArray().Select(m => (string)m!["role"]!).Should().Equal("user", "assistant", "tool");
    }

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task Case08_CallThatTheProviderHasMadeItself_IsInformationAndTheAnswerIsVerified(Mode mode)
    {
        var small = new ScriptedClient(call => call.IsVerification
            ? Reply.Of("Verification Decision: Correct")
            : Reply.Of(new FunctionCallContent("srv-1", "web_search") { InformationalOnly = true }, new TextContent("It is 20 degrees.")));
        ChatResponse response = await Mix.Of(small, Answering("large")).AskAsync(mode, "?", Charge);

        response.Record().Model.Should().Be("small");
        response.Record().Attempts[0].Kind.Should().Be(AnswerKind.Content);
        small.Verifications.Should().NotBeEmpty();
    }

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task Case08_ApprovalOfAToolThatDemandsAStrongTier_IsNotAskedForByAWeakOne(Mode mode)
    {
        var tool = new ApprovalRequiredAIFunction(AIFunctionFactory.Create(() => ++_charges, "charge"));
        IChatClient client = Mix.Of(WithOwnLoop(new(_ => CallOf("charge"))), WithOwnLoop(new(_ => CallOf("charge"))), mix => mix.Configure(o => o.ToolMinimumModels["charge"] = "large"));

        (await client.AskAsync(mode, "charge", new ChatOptions { Tools = [tool] })).Record().Model.Should().Be("large");
    }

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task Case08_LoopInsideAWeakTier_DoesNotRunWhatDemandsAStrongOne(Mode mode)
    {
        var small = new ScriptedClient(call => HasResult(call) ? Reply.Of("Charged, I think.") : CallOf("charge", """{"order":1}"""));
        var large = new ScriptedClient(call => HasResult(call) ? Reply.Of("Charged once.") : CallOf("charge", """{"order":1}"""));
        IChatClient client = Mix.Of(WithOwnLoop(small), WithOwnLoop(large), mix => mix.Configure(o => o.ToolMinimumModels["charge"] = "large").WithoutVerification());

        ChatResponse response = await client.AskAsync(mode, "charge", Charge);

        _charges.Should().Be(1, "only the strong tier may run it");
        response.Record().Model.Should().Be("large");
        response.Record().Attempts[0].Status.Should().Be(AttemptStatus.Unusable);
        large.Calls[0].Messages.Should().HaveCount(1, "what did not run is no history");
    }

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task Case08_ProseWhereAToolHadToBeCalled_IsRejectedFree(Mode mode)
    {
        var options = Charge;
        options.ToolMode = ChatToolMode.RequireSpecific("charge");
        ScriptedClient small = Mix.Model("I would rather not.");
        ChatResponse response = await Mix.Of(small, new ScriptedClient(_ => CallOf("charge", """{"order":1}"""))).AskAsync(mode, "charge", options);

        response.Record().Model.Should().Be("large");
        response.Record().Attempts[0].Verdicts.Should().ContainSingle().Which.Verifier.Should().Be("tool-mode");
        small.Verifications.Should().BeEmpty();
    }

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task Case08_CallWhereNoToolMayBeCalled_IsRejectedFree(Mode mode)
    {
        var options = Charge;
        options.ToolMode = ChatToolMode.None;
        ChatResponse response = await Mix.Of(new ScriptedClient(_ => CallOf("charge", """{"order":1}""")), Answering("No tools, then.")).AskAsync(mode, "charge", options);

        response.Text.Should().Be("No tools, then.");
        response.Record().Attempts[0].Status.Should().Be(AttemptStatus.Unusable);
    }

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task Case08_SeveralCallsOfWhichOneDoesNotFit_AreRejectedTogether(Mode mode)
    {
        AIContent Good(string id) => new FunctionCallContent(id, "charge", new Dictionary<string, object?> { ["order"] = 1 });
        var small = new ScriptedClient(_ => Reply.Of(new TextContent("Two calls."), Good("a"), new FunctionCallContent("b", "charge", new Dictionary<string, object?>())));
        ChatResponse response = await Mix.Of(small, new ScriptedClient(_ => Reply.Of(Good("a"), Good("b")))).AskAsync(mode, "charge", Charge);

        response.Record().Model.Should().Be("large");
        response.Messages.SelectMany(m => m.Contents).OfType<FunctionCallContent>().Should().HaveCount(2);
    }
}
