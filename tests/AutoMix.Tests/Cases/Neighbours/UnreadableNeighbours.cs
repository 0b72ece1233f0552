using System.Text.Json;
using Microsoft.Extensions.AI;
using static AutoMix.Tests.ScriptedClient;

namespace AutoMix.Tests.Cases.Neighbours;

/// <summary>Cases 3, 9, 14 and 16: answers that cannot be read, that are none, or that are an error told in words.</summary>
public class UnreadableNeighbours
{
    private static readonly ChatOptions Json = new() { ResponseFormat = ChatResponseFormat.ForJsonSchema(JsonElement.Parse("""{"type":"object","properties":{"a":{"type":"integer"}},"required":["a"]}""")) };

    private readonly InMemoryBudgetLedger _ledger = new([BudgetLimit.PerHour(10)]);

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task Case09_HalfACharacterWhereJsonIsDue_IsRejectedAndSettled(Mode mode)
    {
        IChatClient client = Mix.Of(Answering("{\"a\": \"\ud83d"), Answering("{\"a\":1}"), mix => mix.UseBudget(_ledger));
        ChatResponse response = await client.AskAsync(mode, "?", Json);

        response.Text.Should().Be("{\"a\":1}");
        response.Record().Attempts[0].Status.Should().Be(AttemptStatus.Rejected);
        _ledger.OpenReservations.Should().Be(0);
        _ledger.Committed("").Should().Be(response.Record().Cost);
    }

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task Case09_PlanCallsTheLastModelForGood_ProseDoesNotBeatJsonThatFits(Mode mode)
    {
        IChatClient client = Mix.Of(Answering("{\"a\":1}"), Answering("Sorry, here is prose."), mix => mix.RouteWith(new Escalating()));
        ChatResponse response = await client.AskAsync(mode, "?", Json);

        response.Text.Should().Be("{\"a\":1}");
        response.Record().Attempts[1].Status.Should().Be(AttemptStatus.Rejected);
    }

    /// <summary>Calls one model after the other, the last one for good.</summary>
    private sealed class Escalating : ICascadePolicy
    {
        public string Name => "escalating";

        public IReadOnlyList<string> Models => ["small", "large"];

        public CascadeAction Decide(CascadeHistory history) =>
            !history.IsCalled(0) ? CascadeAction.Call(0)
            : !history.IsCalled(1) && !history.IsExcluded(1) ? CascadeAction.Call(1, final: true)
            : CascadeAction.Accept(history.IsCalled(1) && !history.IsExcluded(1) ? 1 : 0);
    }

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task Case16_PartsThatAreNull_AreNothing(Mode mode)
    {
        var small = new ScriptedClient(_ => Reply.Of((AIContent)null!));
        ChatResponse response = await Mix.Of(small, Answering("fine"), mix => mix.UseBudget(_ledger)).AskAsync(mode, "?");

        response.Text.Should().Be("fine");
        _ledger.OpenReservations.Should().Be(0);
    }

    [Theory]
    [InlineData(Mode.Whole, " ", false)]
    [InlineData(Mode.Streaming, " ", false)]
    [InlineData(Mode.Whole, " ", true)]
    [InlineData(Mode.Streaming, " ", true)]
    public async Task Case16_NothingAfterTheToolsOfALoopInside_IsNoAnswer(Mode mode, string end, bool reasons)
    {
        var turns = new ScriptedClient(call => call.Messages.Any(m => m.Role == ChatRole.Tool)
            ? Reply.Of(reasons ? new TextReasoningContent("so that is that") : new TextContent(end))
            : Reply.Of(new FunctionCallContent("c1", "look", new Dictionary<string, object?>())));
        IChatClient client = Mix.Of(turns.AsBuilder().UseFunctionInvocation().Build(), Answering("fine"), mix => mix.WithoutVerification());
        ChatResponse response = await client.AskAsync(mode, "?", new() { Tools = [AIFunctionFactory.Create(() => 1, "look")] });

        response.Text.Should().EndWith("fine");
        response.Record().Model.Should().Be("large");
    }

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task Case16_ToolThatEndsTheLoopInside_IsAnAnswer(Mode mode)
    {
        var small = new ScriptedClient(_ => Reply.Of(new FunctionCallContent("c1", "finish", new Dictionary<string, object?>())));
        ScriptedClient large = Answering("large");
        IChatClient client = Mix.Of(small.AsBuilder().UseFunctionInvocation().Build(), large, mix => mix.WithoutVerification());
        var finish = AIFunctionFactory.Create(
            () =>
            {
                FunctionInvokingChatClient.CurrentContext!.Terminate = true;
                return "done";
            },
            "finish");
        ChatResponse response = await client.AskAsync(mode, "?", new() { Tools = [finish] });

        response.Record().Model.Should().Be("small");
        large.Calls.Should().BeEmpty();
    }

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task Case16_LastModelGivesReasoningOnly_TheAnswerSoFarIsReturned(Mode mode)
    {
        var large = new ScriptedClient(_ => Reply.Of(new TextReasoningContent("let me think")));
        ChatResponse response = await Mix.Of(Answering("small"), large, mix => mix.Distrust("small")).AskAsync(mode, "?");

        response.Text.Should().Be("small");
        response.Record().Model.Should().Be("small");
    }

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task Case16_EveryModelGivesReasoningOnly_IsAnException(Mode mode)
    {
        Func<Task> ask = () => Mix.Of(new ScriptedClient(_ => Reply.Of(new TextReasoningContent("hm"))), new ScriptedClient(_ => Reply.Of(new TextReasoningContent("hm")))).AskAsync(mode, "?");

        (await ask.Should().ThrowAsync<NoUsableAnswerException>()).Which.Attempts.Should().HaveCount(2);
    }

    [Fact]
    public async Task Case01_NothingButBlankReasoningBeforeAFailure_FailsOver()
    {
        var small = new ScriptedClient(_ => new Reply { Contents = [new TextReasoningContent("")], FailAfter = new HttpRequestException("reset") });
        ChatResponse response = await Mix.Of(small, Answering("fine"), mix => mix.WithoutVerification()).AskAsync(Mode.Streaming, "?");

        response.Text.Should().Be("fine");
    }

    [Theory]
    [InlineData(Mode.Whole, null, "boom", FailureKind.CutOff)]
    [InlineData(Mode.Streaming, null, "boom", FailureKind.CutOff)]
    [InlineData(Mode.Whole, null, "HTTP 429 slow down", FailureKind.RateLimit)]
    [InlineData(Mode.Streaming, null, "HTTP 429 slow down", FailureKind.RateLimit)]
    [InlineData(Mode.Whole, "429", "slow down", FailureKind.RateLimit)]
    [InlineData(Mode.Streaming, "429", "slow down", FailureKind.RateLimit)]
    [InlineData(Mode.Whole, "rate_limit_exceeded", "", FailureKind.RateLimit)]
    [InlineData(Mode.Streaming, "rate_limit_exceeded", "", FailureKind.RateLimit)]
    public async Task Case03_ErrorAsContent_IsOfOneClassBufferedAndLive(Mode mode, string? code, string message, FailureKind kind)
    {
        var failing = new ScriptedClient(_ => Reply.Of(new ErrorContent(message) { ErrorCode = code }));
        foreach (Action<AutoMixBuilder> configure in new Action<AutoMixBuilder>[] { mix => mix.WithoutVerification(), mix => mix.Distrust() })
        {
            RoutingRecord record = (await Mix.Of(failing, Answering("fine"), configure).AskAsync(mode, "?")).Record();

            record.Attempts[0].Failure.Should().Be(kind);
            record.Model.Should().Be("large");
        }
    }
}
