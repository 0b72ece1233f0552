using Microsoft.Extensions.AI;
using static AutoMix.Tests.ScriptedClient;

namespace AutoMix.Tests.Execution;

/// <summary>What a call is billed at that did not come to its end, or did not say what it used.</summary>
public class BrokenStreamBillTests
{
    private static readonly UsageDetails Early = new() { InputTokenCount = 10, OutputTokenCount = 1 };

    private readonly InMemoryBudgetLedger _ledger = new([BudgetLimit.PerHour(10)]);

    private static ChatResponseUpdate Update(params AIContent[] contents) => new(ChatRole.Assistant, contents) { MessageId = "m1", ResponseId = "r1" };

    private static ChatResponseUpdate End(params AIContent[] contents) => new(ChatRole.Assistant, contents) { MessageId = "m1", ResponseId = "r1", FinishReason = ChatFinishReason.Stop };

    private static Reply Stream(params ChatResponseUpdate[] updates) => new() { Contents = [], Updates = updates };

    private static AutoMixBuilder Live(AutoMixBuilder mix) => mix.RouteWith((state, _) => new(RoutingDecision.Call(state.CanCall(0) ? 0 : 1, final: true)));

    private IChatClient Client(ScriptedClient small, ScriptedClient? large = null, Action<AutoMixBuilder>? more = null) => Mix.Of(small, large ?? Answering("large"), mix =>
    {
        mix.UseBudget(_ledger).WithoutVerification();
        more?.Invoke(mix);
    });

    [Fact]
    public async Task Stream_ReportsEarlyAndIsLeft_IsBilledAtItsEstimate()
    {
        var small = new ScriptedClient(_ => Stream(Update(new UsageContent(Early)), Update(new TextContent("a")), Update(new TextContent(new string('b', 3_000))), End(new UsageContent(new() { InputTokenCount = 10, OutputTokenCount = 1_001 }))));
        IChatClient client = Client(small, more: mix => Live(mix));
        await foreach (ChatResponseUpdate update in client.GetStreamingResponseAsync("?", new() { MaxOutputTokens = 2_000 }))
        {
            if (update.Text.Length > 1)
            {
                break;
            }
        }

        _ledger.OpenReservations.Should().Be(0);
        _ledger.Committed("").Should().BeGreaterThanOrEqualTo(Mix.SmallPrice.CostOf(10, 2_000), "it was stopped before it said what it used, and may have written that much");
        client.GetService<RoutingRecord>()!.Spend.IsEstimated.Should().BeTrue();
    }

    [Fact]
    public async Task Stream_ReportsEarlyAndBreaksOff_IsBilledForWhatItWrote()
    {
        var small = new ScriptedClient(_ => new Reply
        {
            Contents = [],
            Updates = [Update(new UsageContent(Early)), Update(new TextContent(new string('b', 3_000)))],
            FailAfter = new HttpRequestException("reset"),
        });
        Func<Task> ask = () => Client(small, more: mix => Live(mix)).AskAsync(Mode.Streaming, "?");
        RoutingRecord record = (await ask.Should().ThrowAsync<StreamInterruptedException>()).Which.Record;

        record.Cost.Should().BeGreaterThanOrEqualTo(Mix.SmallPrice.CostOf(10, 1_000)).And.Be(_ledger.Committed(""));
        record.Spend.IsEstimated.Should().BeTrue();
    }

    [Fact]
    public async Task Stream_ReportsEarlyAndAtItsEnd_IsBilledAsReported()
    {
        var small = new ScriptedClient(_ => Stream(Update(new UsageContent(Early)), Update(new TextContent("fine")), End(new UsageContent(new() { InputTokenCount = 10, OutputTokenCount = 7 }))));
        RoutingRecord record = (await Client(small).AskAsync(Mode.Streaming, "?")).Record();

        record.Cost.Should().Be(Mix.SmallPrice.CostOf(10, 7));
        record.Spend.IsEstimated.Should().BeFalse();
    }

    [Fact]
    public async Task Stream_TheSecondTurnOfALoopInsideBreaksOff_IsBilledForBoth()
    {
        var turns = new ScriptedClient(call => call.Messages.Any(m => m.Role == ChatRole.Tool)
            ? new Reply { Contents = [new TextContent(new string('b', 3_000))], FailAfter = new HttpRequestException("reset") }
            : Reply.Of(new FunctionCallContent("c1", "look", new Dictionary<string, object?>())));
        IChatClient client = Mix.Of(turns.AsBuilder().UseFunctionInvocation().Build(), Answering("large"), mix => Live(mix.UseBudget(_ledger)));
        Func<Task> ask = () => client.AskAsync(Mode.Streaming, "?", new() { Tools = [AIFunctionFactory.Create(() => 1, "look")] });
        RoutingRecord record = (await ask.Should().ThrowAsync<StreamInterruptedException>()).Which.Record;

        record.Cost.Should().BeGreaterThan(Mix.SmallPrice.CostOf(10, 1_000)).And.Be(_ledger.Committed(""));
        record.Spend.IsEstimated.Should().BeTrue();
    }

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task ToolsOfTheProvider_RunWithinOneCall_AreBilledAsReported(Mode mode)
    {
        var small = new ScriptedClient(_ => Reply.Of(
            new FunctionCallContent("c1", "search", new Dictionary<string, object?>()) { InformationalOnly = true }, new FunctionResultContent("c1", "found"), new TextContent("fine")));
        RoutingRecord record = (await Client(small).AskAsync(mode, "?")).Record();

        record.Cost.Should().Be(Mix.SmallPrice.CostOf(10, 5));
        record.Spend.IsEstimated.Should().BeFalse();
    }

    [Fact]
    public async Task Usage_IsNotReported_IsEstimatedAlikeInBothModes()
    {
        var costs = new Dictionary<(Mode, int), decimal>();
        AIContent[][] answers =
        [
            [new TextContent("Hello, world!")],
            [new TextContent(string.Concat(Enumerable.Repeat("汉字", 50)))],
            [new TextReasoningContent("let me think about it"), new TextContent("fine")],
            [new FunctionCallContent("c1", "act", new Dictionary<string, object?> { ["what"] = "something long enough to be counted" })],
        ];
        foreach (Mode mode in Enum.GetValues<Mode>())
        {
            for (int i = 0; i < answers.Length; i++)
            {
                AIContent[] contents = answers[i];
                var small = new ScriptedClient(_ => new Reply { Contents = contents, Usage = i == 3 ? new() { InputTokenCount = 0, OutputTokenCount = 0, TotalTokenCount = 0 } : null });
                RoutingRecord record = (await Client(small).AskAsync(mode, "?", new() { Tools = [AIFunctionFactory.Create((string what) => what, "act")] })).Record();
                record.Spend.IsEstimated.Should().BeTrue();
                costs[(mode, i)] = record.Cost;
            }
        }

        for (int i = 0; i < answers.Length; i++)
        {
            costs[(Mode.Streaming, i)].Should().Be(costs[(Mode.Whole, i)]).And.BePositive();
        }

        (costs[(Mode.Whole, 1)] - costs[(Mode.Whole, 0)]).Should().BeGreaterThan(100 * Mix.SmallPrice.Output / 1_000_000, "Chinese takes more than a token a character");
    }
}
