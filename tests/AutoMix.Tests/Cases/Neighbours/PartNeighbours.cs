using System.Diagnostics;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Time.Testing;
using static AutoMix.Tests.ScriptedClient;

namespace AutoMix.Tests.Cases.Neighbours;

/// <summary>Policies, verifiers, ledgers and tools of an application that do what none should.</summary>
public class PartNeighbours
{
    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task Policy_NamesAnAttemptOfAnotherRequest_NobodyGetsTheAnswerOfAnother(Mode mode)
    {
        RoutingAttempt? kept = null;
        IChatClient client = Mix.Of(new ScriptedClient(call => Reply.Of($"answers {call.Messages[^1].Text}")), Answering("large"), mix => mix.RouteWith((state, _) => new(
            kept is not null ? RoutingDecision.Accept(kept)
            : state.Attempts.Count == 0 ? RoutingDecision.Call(0)
            : RoutingDecision.Accept(kept = state.Attempts[0]))));

        await client.AskAsync(mode, "first");
        ChatResponse second = await client.AskAsync(mode, "second");

        second.Text.Should().Be("answers second");
        second.Record().Outcome.Should().Be(RoutingOutcome.PolicyFailed);
    }

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task Policy_ThatFailedAndAModelThatEndsTheRequest_NoOtherModelIsPaid(Mode mode)
    {
        ScriptedClient large = Answering("large");
        IChatClient client = Mix.Of(Failing(() => new HttpRequestException("down")), large, mix => mix
            .RouteWith((_, _) => throw new InvalidOperationException("broken"))
            .Configure(o => o.Failures[FailureKind.Overload] = FailureReaction.Stop));
        Func<Task> ask = () => client.AskAsync(mode, "?");

        await ask.Should().ThrowAsync<NoUsableAnswerException>();
        large.Calls.Should().BeEmpty();
    }

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task Verifier_FreeOneThatHangs_IsToldAtTheDeadlineAndTheAnswerReturned(Mode mode)
    {
        var time = new FakeTimeProvider();
        var told = new TaskCompletionSource();
        IChatClient client = Mix.Of(Answering("small"), Answering("large"), mix => mix
            .UseTimeProvider(time)
            .Configure(o => (o.AttemptTimeout, o.Deadline) = (null, TimeSpan.FromSeconds(10)))
            .VerifyWith(
                async (_, token) =>
                {
                    token.Register(told.SetResult);
                    while (!token.IsCancellationRequested)
                    {
                        await Task.Yield();
                        time.Advance(TimeSpan.FromSeconds(1));
                    }

                    await Task.Delay(Timeout.Infinite, CancellationToken.None);
                    return 1.0;
                },
                "hangs"));

        ChatResponse response = await client.AskAsync(mode, "?");

        response.Text.Should().Be("small");
        await told.Task;
        response.Record().Limit.Should().Be(LimitKind.Deadline);
        response.Record().Attempts[0].Verdicts.Single().Kind.Should().Be(VerdictKind.Unknown);
    }

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task Verifier_ThatKeepsTheTokenFromItsCalls_StillEndsWithTheCaller(Mode mode)
    {
        using var caller = new CancellationTokenSource();
        var stopped = new TaskCompletionSource();
        var small = new ScriptedClient(async (call, token) =>
        {
            if (call.IsVerification)
            {
                token.Register(stopped.SetResult);
                await caller.CancelAsync();
                await Task.Delay(Timeout.Infinite, token);
            }

            return Reply.Of("small");
        });
        Func<Task> ask = () => Mix.Of(small, Answering("large"), mix => mix.VerifyWith(new Careless(waits: true))).AskAsync(mode, "?", null, caller.Token);

        await ask.Should().ThrowAsync<OperationCanceledException>();
        await stopped.Task;
    }

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task Verifier_ThatDoesNotWaitForItsCall_DoesNotHoldTheRequestUp(Mode mode)
    {
        var ledger = new InMemoryBudgetLedger([BudgetLimit.PerHour(10)]);
        var small = new ScriptedClient(async (call, token) =>
        {
            if (call.IsVerification)
            {
                await Task.Delay(Timeout.Infinite, token);
            }

            return Reply.Of("small");
        });
        ChatResponse response = await Mix.Of(small, Answering("large"), mix => mix.UseBudget(ledger).VerifyWith(new Careless(waits: false))).AskAsync(mode, "?");

        response.Text.Should().Be("small");
        response.Record().Attempts[0].Verdicts.Single().Calls.Should().Be(1);
        ledger.OpenReservations.Should().Be(0);
        ledger.Committed("").Should().Be(response.Record().Cost);
    }

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task Ledger_ThatHangsOnAReservation_IsLeftAtTheDeadlineAndGivenBackWhatComesLate(Mode mode)
    {
        var time = new FakeTimeProvider();
        var ledger = new HangingLedger(time, onReserve: true);
        IChatClient client = Mix.Of(Answering("small"), Answering("large"), mix => mix.UseTimeProvider(time).Configure(o => (o.AttemptTimeout, o.Deadline) = (null, TimeSpan.FromSeconds(10))).UseBudget(ledger));
        Func<Task> ask = () => client.AskAsync(mode, "?");

        await ask.Should().ThrowAsync<NoUsableAnswerException>();
        ledger.Release();
        await ledger.Settled;
    }

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task Ledger_ThatHangsOnASettlement_DoesNotHoldTheAnswerUp(Mode mode)
    {
        var time = new FakeTimeProvider();
        var ledger = new HangingLedger(time, onReserve: false);
        ChatResponse response = await Mix.Of(Answering("small"), Answering("large"), mix => mix.UseTimeProvider(time).WithoutVerification().UseBudget(ledger)).AskAsync(mode, "?");
        ledger.Release();

        response.Text.Should().Be("small");
    }

    [Fact]
    public async Task Case06_ArgumentsThatAreListsAndMaps_AreComparedByWhatIsInThem()
    {
        var charged = new List<string>();
        AIFunction charge = AIFunctionFactory.Create((int[] items) => charged.Add(string.Join('+', items)), "charge");
        IChatClient Loop(int item, string answer) => new ScriptedClient(call => call.Messages.SelectMany(m => m.Contents).OfType<FunctionResultContent>().Any(r => r.CallId == $"c{item}")
            ? Reply.Of(answer)
            : Reply.Of(new FunctionCallContent($"c{item}", "charge", new Dictionary<string, object?> { ["items"] = new List<object?> { item } }))).AsBuilder().UseFunctionInvocation().Build();

        await Mix.Of(Loop(1, "small"), Loop(2, "large"), mix => mix.Distrust("small")).GetResponseAsync("?", new ChatOptions { Tools = [charge] });

        charged.Should().Equal("1", "2");
    }

    [Fact]
    public async Task Telemetry_SecondDraftOfAStream_IsAChildOfTheRequestsSpanToo()
    {
        using var listener = new ActivityListener { ShouldListenTo = s => s.Name == TelemetryNames.Source, Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData };
        ActivitySource.AddActivityListener(listener);
        var current = new List<string?>();
        ScriptedClient Noting(string text) => new(_ =>
        {
            current.Add(Activity.Current?.OperationName);
            return Reply.Of(text);
        });

        await Mix.Of(Noting("small"), Noting("large"), mix => mix.Distrust("small").Configure(o => o.StreamDrafts = true)).AskAsync(Mode.Streaming, "?");

        current.Should().Equal(TelemetryNames.Request, TelemetryNames.Request);
    }

    private sealed class Careless(bool waits) : IVerifier
    {
        public string Name => "careless";

        public bool IsFree => false;

        public string Fingerprint => "careless";

        public async ValueTask<Verdict> VerifyAsync(VerificationContext context, CancellationToken cancellationToken)
        {
            ValueTask<ChatResponse> asking = context.AskAsync([new(ChatRole.User, "right?")], cancellationToken: CancellationToken.None);
            if (waits)
            {
                await asking;
            }
            else
            {
                _ = asking.AsTask().ContinueWith(static t => _ = t.Exception, TaskScheduler.Default);
            }

            return 1.0;
        }
    }

    private sealed class HangingLedger(FakeTimeProvider time, bool onReserve) : IBudgetLedger
    {
        private readonly TaskCompletionSource _released = new();
        private readonly TaskCompletionSource _settled = new();

        public Task Settled => _settled.Task;

        public void Release() => _released.SetResult();

        public async ValueTask<BudgetReservation?> TryReserveAsync(string key, decimal dollars, CancellationToken cancellationToken)
        {
            if (onReserve)
            {
                await HangAsync();
            }

            return new BudgetReservation(key, dollars, 1);
        }

        public async ValueTask SettleAsync(BudgetReservation reservation, decimal dollars, CancellationToken cancellationToken)
        {
            if (!onReserve)
            {
                await HangAsync();
            }

            _settled.TrySetResult();
        }

        // Time passes once somebody waits on the clock.
        private async Task HangAsync()
        {
            _ = Task.Run(async () =>
            {
                while (!_released.Task.IsCompleted)
                {
                    time.Advance(TimeSpan.FromSeconds(1));
                    await Task.Yield();
                }
            });
            await _released.Task;
        }
    }
}
