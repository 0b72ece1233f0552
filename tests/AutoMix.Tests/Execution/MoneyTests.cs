using System.Globalization;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Time.Testing;
using static AutoMix.Tests.ScriptedClient;

namespace AutoMix.Tests.Execution;

/// <summary>What money that is not there keeps from being called, and what it does not.</summary>
public class MoneyTests
{
    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task Hedge_TheCapDoesNotHoldBoth_TheLargerModelIsCalledAfterwards(Mode mode)
    {
        // Both together are over the cap, the large one alone is not.
        var time = new FakeTimeProvider();
        var small = new ScriptedClient(async (_, token) =>
        {
            await Task.Yield();
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
            throw new HttpRequestException("down");
        });
        var options = new ChatOptions { MaxOutputTokens = 1_000 };
        IChatClient client = Mix.Of(small, Answering("large"), mix => mix
            .UseTimeProvider(time).WithoutVerification().Configure(o => (o.HedgeAfter, o.MaxCostPerRequest) = (TimeSpan.FromSeconds(1), 0.0215m)));
        ChatResponse response = await client.AskAsync(mode, "?", options);

        response.Text.Should().Be("large");
        response.Record().Limit.Should().BeNull();
    }

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task Budget_IsSpent_ModelsThatCostNothingStillAnswer(Mode mode)
    {
        var ledger = new InMemoryBudgetLedger([BudgetLimit.PerHour(0.000001m)]);
        await ledger.SettleAsync((await ledger.TryReserveAsync("", 0))!, 1);
        IChatClient client = Answering("small").AsBuilder()
            .UseAutoMix(mix => mix.FirstModel("small", Mix.SmallPrice).AddModel("local", Answering("local"), ModelPrice.Free).UseBudget(ledger)).Build();
        ChatResponse response = await client.AskAsync(mode, "?");

        response.Text.Should().Be("local");
    }

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task Tenant_TheApplicationNamesNone_TheRequestsTagIsNotTaken(Mode mode)
    {
        var ledger = new InMemoryBudgetLedger([BudgetLimit.PerHour(10)]);
        var options = new ChatOptions { AdditionalProperties = new() { [RequestTags.Tenant] = "somebody else" } };
        RoutingRecord record = (await Mix.Of(Answering("small"), Answering("large"), mix => mix.UseBudget(ledger).TenantFrom(_ => null).WithoutVerification()).AskAsync(mode, "?", options)).Record();

        ledger.Committed("somebody else").Should().Be(0);
        ledger.Committed("").Should().Be(record.Cost);
    }

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task ToolLoop_ItsModelIsOverTheCap_AnotherGoesOn(Mode mode)
    {
        // The loop began with the large model, which the cap of this request does not hold.
        ChatMessage[] history =
        [
            new(ChatRole.User, "?"),
            new(ChatRole.Assistant, [new FunctionCallContent("c1", "look", new Dictionary<string, object?>())]),
            new(ChatRole.Tool, [new FunctionResultContent("c1", "20 degrees")]),
        ];
        var large = new ScriptedClient(_ => Reply.Of(new FunctionCallContent("c1", "look", new Dictionary<string, object?>())));
        var tools = new ChatOptions { Tools = [AIFunctionFactory.Create(() => 1, "look")], MaxOutputTokens = 100 };
        IChatClient client = Mix.Of(Answering("small"), large, mix => mix.Distrust("small").Configure(o => o.MaxCostPerRequest = 0.02m));
        (await client.AskAsync(mode, "?", tools)).Record().Model.Should().Be("large");
        tools.MaxOutputTokens = 2_000;

        ChatResponse response = await client.AskAsync(mode, history, tools);

        response.Text.Should().Be("small");
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task Reservation_IsGrantedWhileTheRequestStopsWaiting_IsGivenBack(bool byDeadline)
    {
        for (int i = 0; i < 100; i++)
        {
            var time = new FakeTimeProvider();
            using var cancel = new CancellationTokenSource();
            var ledger = new Undecided(time, cancel.Token);
            IChatClient client = Mix.Of(Answering("small"), Answering("large"), mix => mix.UseTimeProvider(time).UseBudget(ledger).Configure(o => o.Deadline = TimeSpan.FromSeconds(10)));
            Task<ChatResponse> asking = client.GetResponseAsync("?", cancellationToken: cancel.Token);
            if (byDeadline)
            {
                time.Advance(TimeSpan.FromSeconds(10));
            }
            else
            {
                await cancel.CancelAsync();
            }

            // The grant may just have come in time.
            await Task.WhenAny(asking);
            SpinWait.SpinUntil(() => ledger.Granted == 1 && ledger.Settled == 1, TimeSpan.FromSeconds(30)).Should().BeTrue("what was granted is settled");
        }
    }

    /// <summary>Grants at the moment at which the request stops waiting.</summary>
    private sealed class Undecided(TimeProvider time, CancellationToken cancelled) : IBudgetLedger
    {
        private int _granted;
        private int _settled;

        public int Granted => Volatile.Read(ref _granted);

        public int Settled => Volatile.Read(ref _settled);

        public async ValueTask<BudgetReservation?> TryReserveAsync(string key, decimal dollars, CancellationToken cancellationToken = default)
        {
            var moment = new TaskCompletionSource();
            await using ITimer timer = time.CreateTimer(_ => moment.TrySetResult(), null, TimeSpan.FromSeconds(10), Timeout.InfiniteTimeSpan);
            await using CancellationTokenRegistration registration = cancelled.Register(() => moment.TrySetResult());
            await moment.Task.ConfigureAwait(false);
            return new(key, dollars, Interlocked.Increment(ref _granted));
        }

        public ValueTask SettleAsync(BudgetReservation reservation, decimal dollars, CancellationToken cancellationToken = default)
        {
            Interlocked.Increment(ref _settled);
            return default;
        }
    }

    [Fact]
    public async Task Messages_OfMoneyAndTime_AreTheSameInEveryCulture()
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        try
        {
            var comma = (CultureInfo)CultureInfo.InvariantCulture.Clone();
            comma.NumberFormat.NumberDecimalSeparator = ",";
            CultureInfo.CurrentCulture = comma;
            Func<Task> capped = () => Mix.Of(Answering("small"), Answering("large"), mix => mix.Configure(o => o.MaxCostPerRequest = 0.0000001m)).GetResponseAsync("?");
            Func<Task> budgeted = () => Mix.Of(Answering("small"), Answering("large"), mix => mix.Configure(o => o.Budgets.Add(BudgetLimit.PerHour(0.0000001m)))).GetResponseAsync("?");

            (await capped.Should().ThrowAsync<NoUsableAnswerException>()).Which.Message.Should().Contain("0.0000001").And.NotContain("0,0");
            (await budgeted.Should().ThrowAsync<NoUsableAnswerException>()).Which.Message.Should().Contain("0.0").And.NotContain("0,0");
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }
}
