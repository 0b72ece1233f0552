using System.Net;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Time.Testing;
using static AutoMix.Tests.ScriptedClient;

namespace AutoMix.Tests.Execution;

public class HedgingTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly InMemoryBudgetLedger _ledger;

    public HedgingTests() => _ledger = new([BudgetLimit.PerHour(10)], _time);

    private IChatClient Client(ScriptedClient small, ScriptedClient large, Action<AutoMixBuilder>? more = null) => Mix.Of(small, large, mix =>
    {
        mix.UseTimeProvider(_time).UseBudget(_ledger).WithoutVerification().Configure(o => o.HedgeAfter = TimeSpan.Zero);
        more?.Invoke(mix);
    });

    /// <summary>A model that answers when it is told to, so that the hedge goes off.</summary>
    private static ScriptedClient Slow(Task<Reply> reply) => new((_, token) => reply.WaitAsync(token));

    // A client that was stopped lets go a moment after the pipeline has.
    private static async Task HasLetGoAsync(params ScriptedClient[] models)
    {
        while (models.Any(m => m.Running > 0))
        {
            await Task.Yield();
        }
    }

    private void BooksAreRight(RoutingRecord record)
    {
        _ledger.OpenReservations.Should().Be(0);
        _ledger.Committed("").Should().Be(record.Cost);
        record.Cost.Should().Be(record.Attempts.Sum(a => a.Cost + a.Verdicts.Sum(v => v.Cost)));
    }

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task Hedge_FirstModelAnswersInTime_IsNotMade(Mode mode)
    {
        ScriptedClient large = Answering("large");
        ChatResponse response = await Client(Answering("small"), large).AskAsync(mode, "?");

        response.Text.Should().Be("small");
        large.Calls.Should().BeEmpty();
    }

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task Hedge_FirstModelAnswersAfterAll_IsTakenAndTheOtherStopped(Mode mode)
    {
        var first = new TaskCompletionSource<Reply>();
        var large = new ScriptedClient(async (_, token) =>
        {
            first.TrySetResult(Reply.Of("small"));
            await Task.Delay(Timeout.Infinite, token);
            return Reply.Of("never");
        });

        ChatResponse response = await Client(Slow(first.Task), large).AskAsync(mode, "?");

        response.Text.Should().Be("small");
        response.Record().Attempts.Select(a => a.Status).Should().Equal(AttemptStatus.Answered, AttemptStatus.Cancelled);
        large.Calls.Should().ContainSingle("a call that was stopped is not made again");
        await HasLetGoAsync(large);
        BooksAreRight(response.Record());
    }

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task Hedge_FirstModelWinsAndItsAnswerVerifiesBadly_EscalatesToTheOneThatWasStopped(Mode mode)
    {
        var first = new TaskCompletionSource<Reply>();
        var large = new ScriptedClient(async (call, token) =>
        {
            if (call.Index == 0)
            {
                first.TrySetResult(Reply.Of("small"));
                await Task.Delay(Timeout.Infinite, token);
            }

            return Reply.Of("large");
        });

        ChatResponse response = await Client(Slow(first.Task), large, mix => mix.VerifyWith((answer, _) => new(answer.Model == "small" ? 0.1 : 0.9), "trust")).AskAsync(mode, "?");

        response.Text.Should().Be("large");
        response.Record().Attempts.Select(a => a.Status).Should().Equal(AttemptStatus.Answered, AttemptStatus.Cancelled, AttemptStatus.Answered);
        BooksAreRight(response.Record());
    }

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task Hedge_OtherModelWins_TheSlowOneIsOutForThisRequest(Mode mode)
    {
        ScriptedClient small = Slow(new TaskCompletionSource<Reply>().Task);
        ChatResponse response = await Client(small, Answering("large"), mix => mix.Configure(o => o.OnAbstain = AbstainAction.ReturnBest).VerifyWith((_, _) => new(0.1), "doubt")).AskAsync(mode, "?");

        response.Text.Should().Be("large");
        small.Calls.Should().ContainSingle();
        response.Record().Skipped.Should().ContainSingle(s => s.Model == "small" && s.Reason.Contains("slower"));
        BooksAreRight(response.Record());
    }

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task Hedge_OtherModelFails_TheFirstIsWaitedFor(Mode mode)
    {
        var first = new TaskCompletionSource<Reply>();
        var large = new ScriptedClient(call =>
        {
            _ = Task.Run(() => first.TrySetResult(Reply.Of("small")));
            throw new HttpRequestException("down", null, HttpStatusCode.BadGateway);
        });

        ChatResponse response = await Client(Slow(first.Task), large).AskAsync(mode, "?");

        response.Text.Should().Be("small");
        response.Record().Attempts.Select(a => a.Status).Should().Equal(AttemptStatus.Answered, AttemptStatus.Failed);
        BooksAreRight(response.Record());
    }

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task Hedge_BothFail_IsOneExceptionWithBoth(Mode mode)
    {
        var first = new TaskCompletionSource<Reply>();
        var large = new ScriptedClient(_ =>
        {
            first.TrySetException(new HttpRequestException("small is down", null, HttpStatusCode.BadGateway));
            throw new HttpRequestException("large is down", null, HttpStatusCode.BadGateway);
        });
        Func<Task> ask = () => Client(Slow(first.Task), large).AskAsync(mode, "?");

        NoUsableAnswerException e = (await ask.Should().ThrowAsync<NoUsableAnswerException>()).Which;
        e.Attempts.Select(a => a.Error!.Message).Should().BeEquivalentTo("small is down", "large is down");
        BooksAreRight(e.Record);
    }

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task Hedge_CallerCancels_BothAreStoppedAndSettled(Mode mode)
    {
        using var caller = new CancellationTokenSource();
        var large = new ScriptedClient(async (_, token) =>
        {
            await caller.CancelAsync();
            await Task.Delay(Timeout.Infinite, token);
            return Reply.Of("never");
        });
        ScriptedClient small = Slow(new TaskCompletionSource<Reply>().Task);
        IChatClient client = Client(small, large);
        Func<Task> ask = () => client.AskAsync(mode, "?", null, caller.Token);

        await ask.Should().ThrowAsync<OperationCanceledException>();
        await HasLetGoAsync(small, large);
        BooksAreRight(client.GetService<RoutingRecord>()!);
        client.GetService<RoutingRecord>()!.Attempts.Should().HaveCount(2).And.OnlyContain(a => a.Cost > 0 && a.Spend.IsEstimated);
    }

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task Hedge_CallerCancelsWhileItIsBeingReserved_TheFirstCallIsSettled(Mode mode)
    {
        using var caller = new CancellationTokenSource();
        var ledger = new CancellingLedger(_ledger, caller, cancelAt: 2);
        IChatClient client = Client(Slow(new TaskCompletionSource<Reply>().Task), Answering("large"), mix => mix.UseBudget(ledger));
        Func<Task> ask = () => client.AskAsync(mode, "?", null, caller.Token);

        await ask.Should().ThrowAsync<OperationCanceledException>();
        BooksAreRight(client.GetService<RoutingRecord>()!);
    }

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task Hedge_BudgetDoesNotHoldIt_IsNotMade(Mode mode)
    {
        var first = new TaskCompletionSource<Reply>();
        ScriptedClient large = Answering("large");
        IChatClient client = Client(Slow(first.Task), large, mix => mix.Configure(o => o.MaxCostPerRequest = 0.005m));
        Task<ChatResponse> asking = client.AskAsync(mode, "?");
        first.SetResult(Reply.Of("small"));

        (await asking).Text.Should().Be("small");
        large.Calls.Should().BeEmpty();
    }

    [Fact]
    public async Task Votes_CallerCancelsWhileTheyAreBeingReserved_NoReservationIsLeft()
    {
        using var caller = new CancellationTokenSource();
        var ledger = new CancellingLedger(_ledger, caller, cancelAt: 4);
        IChatClient client = Mix.Of(Mix.Model("small"), Answering("large"), mix => mix.UseTimeProvider(_time).UseBudget(ledger).VerifyWith(Verifiers.SelfVerification(4, o => o.BatchSize = 4)));
        Func<Task> ask = () => client.AskAsync(Mode.Whole, "?", null, caller.Token);

        await ask.Should().ThrowAsync<OperationCanceledException>();
        BooksAreRight(client.GetService<RoutingRecord>()!);
    }

    /// <summary>A ledger over a network: its caller gives up while it is being asked.</summary>
    private sealed class CancellingLedger(InMemoryBudgetLedger inner, CancellationTokenSource caller, int cancelAt) : IBudgetLedger
    {
        private int _asked;

        public async ValueTask<BudgetReservation?> TryReserveAsync(string key, decimal dollars, CancellationToken cancellationToken)
        {
            if (++_asked == cancelAt)
            {
                await caller.CancelAsync();
            }

            await Task.Yield();
            return await inner.TryReserveAsync(key, dollars, cancellationToken);
        }

        public ValueTask SettleAsync(BudgetReservation reservation, decimal dollars, CancellationToken cancellationToken) => inner.SettleAsync(reservation, dollars, cancellationToken);
    }
}
