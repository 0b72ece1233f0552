using System.Net;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Time.Testing;
using static AutoMix.Tests.ScriptedClient;

namespace AutoMix.Tests.Cases.Neighbours;

/// <summary>Clients that do what no client should: each ends a call in a defined way, and nothing is left over.</summary>
public class ClientNeighbours
{
    private static ValueTask<RoutingDecision> SmallThenLarge(RoutingView state, CancellationToken cancellationToken) =>
        new(state.CanCall(0) ? RoutingDecision.Call(0, final: true) : RoutingDecision.Call(1, final: true));

    private static ChatResponseUpdate Update(string text, ChatFinishReason? finish = null) => new(ChatRole.Assistant, text) { MessageId = "m1", FinishReason = finish };

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task Case01_StreamThatBreaksInWhatItSaysAfterItsFinishReason_IsCutOffAndFailsOver(Mode mode)
    {
        var small = new Client(Many([Update("one ", ChatFinishReason.Stop), Update("two ", ChatFinishReason.Stop)], new IOException("reset")));
        ChatResponse response = await Mix.Of(small, Answering("fine"), mix => mix.FirstModel(profile: p => p with { DrainStream = true }).WithoutVerification()).AskAsync(mode, "?");

        response.Text.Should().Be("fine", "a provider that puts a finish reason on every update has not said that the second was the last");
    }

    [Theory]
    [InlineData(Mode.Whole, "error", FailureKind.CutOff)]
    [InlineData(Mode.Streaming, "error", FailureKind.CutOff)]
    [InlineData(Mode.Streaming, "SAFETY", FailureKind.ContentFilter)]
    [InlineData(Mode.Whole, "refusal", FailureKind.ContentFilter)]
    public async Task Case01_FinishReasonInAProvidersOwnWord_IsTheFailureThatItNames(Mode mode, string word, FailureKind kind)
    {
        var small = new ScriptedClient(_ => Reply.Of("half an ans") with { FinishReason = new ChatFinishReason(word) });
        ChatResponse response = await Mix.Of(small, Answering("fine"), mix => mix.WithoutVerification()).AskAsync(mode, "?");

        response.Text.Should().Be("fine");
        response.Record().Attempts[0].Failure.Should().Be(kind);
    }

    [Fact]
    public async Task Case01_LiveStreamThatEndsWithAnErrorOfItsOwnWord_IsInterrupted()
    {
        var large = new ScriptedClient(_ => Reply.Of("half an ans") with { FinishReason = new ChatFinishReason("error") });
        Func<Task> read = () => Mix.Of(Answering("earlier"), large, mix => mix.Distrust("small")).AskAsync(Mode.Streaming, "?");

        (await read.Should().ThrowAsync<StreamInterruptedException>()).Which.BestAnswer!.Text.Should().Be("earlier");
    }

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task Case03_FinalAnswerThatAFilterCutShort_IsAcceptedAsItIsInBothModes(Mode mode)
    {
        var small = new ScriptedClient(_ => Reply.Of("as far as it goes") with { FinishReason = ChatFinishReason.ContentFilter });
        ChatResponse response = await Mix.Of(small, Answering("large"), mix => mix.RouteWith(SmallThenLarge)).AskAsync(mode, "?");

        response.Text.Should().Be("as far as it goes");
        response.FinishReason.Should().Be(ChatFinishReason.ContentFilter);
        response.Record().Attempts[0].Verdicts.Should().ContainSingle(v => v.Verifier == "finish-reason" && v.Kind == VerdictKind.Rejected);
    }

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task Case03_FinalAnswerThatAFilterLeftNothingOf_FailsOverInBothModes(Mode mode)
    {
        var small = new ScriptedClient(_ => Reply.Of("") with { FinishReason = ChatFinishReason.ContentFilter });
        ChatResponse response = await Mix.Of(small, Answering("fine"), mix => mix.RouteWith(SmallThenLarge)).AskAsync(mode, "?");

        response.Text.Should().Be("fine");
        response.Record().Attempts[0].Failure.Should().Be(FailureKind.ContentFilter);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Case15_CallerThatCancelsAStreamThatNeverWaits_IsHeardAtTheNextUpdate(bool final)
    {
        using var caller = new CancellationTokenSource();
        int updates = 0;
        var small = new Client(Endless(() =>
        {
            if (++updates == 10)
            {
                caller.Cancel();
            }
        }));
        Func<Task> read = () => Mix.Of(small, Answering("large"), mix => mix.RouteWith((_, _) => new(RoutingDecision.Call(0, final)))).AskAsync(Mode.Streaming, "?", null, caller.Token);

        await read.Should().ThrowAsync<OperationCanceledException>();
        updates.Should().BeLessThan(20);
    }

    [Fact]
    public async Task Case15_TimeLimitOfAStreamThatNeverWaits_EndsIt()
    {
        var time = new FakeTimeProvider();
        var small = new Client(Endless(() => time.Advance(TimeSpan.FromMilliseconds(10))));
        ChatResponse response = await Mix.Of(small, Answering("fine"), mix => mix.UseTimeProvider(time).Configure(o => (o.AttemptTimeout, o.Deadline) = (TimeSpan.FromSeconds(5), null)).WithoutVerification()).AskAsync(Mode.Streaming, "?");

        response.Text.Should().Be("fine");
        response.Record().Attempts[0].Failure.Should().Be(FailureKind.Timeout);
    }

    [Fact]
    public async Task Case15_ClientThatSaysOtherwiseThatItWasStopped_HasTimedOutAllTheSame()
    {
        var time = new FakeTimeProvider();
        var small = new Client(ClosedByItsToken(time));
        ChatResponse response = await Mix.Of(small, Answering("fine"), mix => mix.UseTimeProvider(time).Configure(o => (o.AttemptTimeout, o.Deadline) = (TimeSpan.FromSeconds(2), null)).WithoutVerification()).AskAsync(Mode.Streaming, "?");

        response.Record().Attempts[0].Failure.Should().Be(FailureKind.Timeout);
    }

    [Fact]
    public async Task Case15_CancellationBetweenTheUpdatesOfAReplay_IsHeardAtOnce()
    {
        using var caller = new CancellationTokenSource();
        var small = new ScriptedClient(_ => Reply.Of(new TextContent("one "), new TextContent("two "), new TextContent("three")));
        IChatClient client = Mix.Of(small, Answering("large"), mix => mix.VerifyWith((_, _) => new(1.0)));
        var seen = new List<string>();
        Func<Task> read = async () =>
        {
            await foreach (ChatResponseUpdate update in client.GetStreamingResponseAsync("?", null, caller.Token))
            {
                seen.Add(update.Text);
                await caller.CancelAsync();
            }
        };

        await read.Should().ThrowAsync<OperationCanceledException>();
        seen.Should().Equal("one ");
        client.GetService<RoutingRecord>()!.Outcome.Should().Be(RoutingOutcome.Cancelled);
    }

    [Fact]
    public async Task Case01_StreamThatHangsOnItsDisposal_HoldsNobodyUpWhoCancels()
    {
        using var caller = new CancellationTokenSource();
        var small = new Client(new HangsOnDisposal(caller));
        Func<Task> read = () => Mix.Of(small, Answering("large"), mix => mix.UseTimeProvider(new FakeTimeProvider())).AskAsync(Mode.Streaming, "?", null, caller.Token);

        await read.Should().ThrowAsync<OperationCanceledException>("the clock stands still, so only the caller can end the wait");
    }

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task Case16_AnswerOfPartsThatHoldNothing_IsEmpty(Mode mode)
    {
        var small = new ScriptedClient(_ => Reply.Of(new AIContent { RawRepresentation = "web_search_call" }, new TextContent(" ")));
        ChatResponse response = await Mix.Of(small, Answering("fine"), mix => mix.RouteWith(SmallThenLarge)).AskAsync(mode, "?");

        response.Text.Should().Be("fine");
        response.Record().Attempts[0].Failure.Should().Be(FailureKind.Empty);
    }

    [Fact]
    public async Task Case17_ResponseThatHoldsANullMessage_FailsOverAndIsSettled()
    {
        var ledger = new InMemoryBudgetLedger([BudgetLimit.PerHour(10)]);
        var small = new Client(null, new ChatResponse([null!]));
        ChatResponse response = await Mix.Of(small, Answering("fine"), mix => mix.UseBudget(ledger).WithoutVerification()).GetResponseAsync("?");

        response.Text.Should().Be("fine");
        ledger.OpenReservations.Should().Be(0);
    }

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task Case17_ExceptionWhoseMessageThrows_FailsOverAndIsSettled(Mode mode)
    {
        var ledger = new InMemoryBudgetLedger([BudgetLimit.PerHour(10)]);
        ChatResponse response = await Mix.Of(Failing(() => new UnreadableException()), Answering("fine"), mix => mix.UseBudget(ledger).WithoutVerification()).AskAsync(mode, "?");

        response.Text.Should().Be("fine");
        ledger.OpenReservations.Should().Be(0);
    }

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task Case17_ExceptionWhoseMembersThrow_FailsOver(Mode mode)
    {
        ChatResponse response = await Mix.Of(Failing(() => new BrokenException()), Answering("fine")).AskAsync(mode, "?");

        response.Text.Should().Be("fine");
        response.Record().Attempts[0].Failure.Should().Be(FailureKind.Other);
    }

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task Case22_ReportOfNothingForAnAnswerThatIsThere_IsNoReport(Mode mode)
    {
        foreach (long nothing in (long[])[0, -1])
        {
            UsageDetails usage = new() { InputTokenCount = nothing, OutputTokenCount = nothing, TotalTokenCount = nothing };
            var small = new ScriptedClient(_ => Reply.Of("an answer of some words") with { Usage = usage });
            RoutingRecord record = (await Mix.Of(small, Answering("large"), mix => mix.WithoutVerification()).AskAsync(mode, "?")).Record();

            record.Cost.Should().BePositive();
            record.Spend.IsEstimated.Should().BeTrue();
        }
    }

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task Messages_ChangedByTheCallerDuringTheCall_ReachTheNextTierAsTheyWere(Mode mode)
    {
        ChatMessage[] messages = [new(ChatRole.User, "the question")];
        var small = new ScriptedClient(_ =>
        {
            messages[0] = new(ChatRole.User, "another question");
            throw new HttpRequestException("down", null, HttpStatusCode.BadGateway);
        });
        ScriptedClient large = Answering("fine");
        await Mix.Of(small, large).AskAsync(mode, messages);

        large.Calls.Single().Messages.Single().Text.Should().Be("the question");
    }

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task Messages_OneIsNull_IsAnArgumentErrorThatSaysSo(Mode mode)
    {
        Func<Task> ask = () => Mix.Of(Answering("small"), Answering("large")).AskAsync(mode, [new(ChatRole.User, "?"), null!]);

        await ask.Should().ThrowAsync<ArgumentException>().WithMessage("*null*");
    }

    [Fact]
    public async Task Stream_EnumeratedTwiceAtOnce_IsTwoRequests()
    {
        ScriptedClient small = Answering("small");
        IAsyncEnumerable<ChatResponseUpdate> stream = Mix.Of(small, Answering("large"), mix => mix.WithoutVerification()).GetStreamingResponseAsync("?");
        List<ChatResponseUpdate>[] both = await Task.WhenAll(stream.ToListAsync().AsTask(), stream.ToListAsync().AsTask());

        both.Should().OnlyContain(updates => updates.ToChatResponse().Text == "small" && updates.Last().GetRoutingRecord() != null);
        small.Calls.Should().HaveCount(2);
    }

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task State_ContinuationToken_IsRefusedWithTheRemedy(Mode mode)
    {
        var options = new ChatOptions { ContinuationToken = ResponseContinuationToken.FromBytes(new byte[] { 1 }) };
        Func<Task> ask = () => Mix.Of(Answering("small"), Answering("large")).AskAsync(mode, "?", options);

        await ask.Should().ThrowAsync<NotSupportedException>().WithMessage("*GetService*");
    }

    [Fact]
    public async Task Hedge_CallThatStreamsLive_IsNotHedged()
    {
        var time = new FakeTimeProvider();
        var small = new ScriptedClient((_, _) =>
        {
            time.Advance(TimeSpan.FromSeconds(30));
            return Task.FromResult(Reply.Of("slow but live"));
        });
        ScriptedClient large = Answering("large");
        ChatResponse response = await Mix.Of(small, large, mix => mix.UseTimeProvider(time).RouteWith(SmallThenLarge).Configure(o => o.HedgeAfter = TimeSpan.FromSeconds(1))).AskAsync(Mode.Streaming, "?");

        response.Text.Should().Be("slow but live");
        large.Calls.Should().BeEmpty();
    }

    private static async IAsyncEnumerable<ChatResponseUpdate> Many(IReadOnlyList<ChatResponseUpdate> updates, Exception failure)
    {
        foreach (ChatResponseUpdate update in updates)
        {
            await Task.Yield();
            yield return update;
        }

        throw failure;
    }

#pragma warning disable CS1998 // Never waits: that is the point.
    private static async IAsyncEnumerable<ChatResponseUpdate> Endless(Action before)
#pragma warning restore CS1998
    {
        while (true)
        {
            before();
            yield return Update("again ");
        }
    }

#pragma warning disable CS1998 // Never waits, so that nothing but its own exception tells how it ended.
    private static async IAsyncEnumerable<ChatResponseUpdate> ClosedByItsToken(FakeTimeProvider time, [EnumeratorCancellation] CancellationToken cancellationToken = default)
#pragma warning restore CS1998
    {
        for (int i = 0; i < 1_000; i++)
        {
            yield return Update("word ");
        }

        while (!cancellationToken.IsCancellationRequested)
        {
            time.Advance(TimeSpan.FromSeconds(1));
        }

        throw new IOException("the connection was closed");
    }

    private sealed class UnreadableException : Exception
    {
        public override string Message => throw new ObjectDisposedException("response");
    }

    private sealed class BrokenException : Exception
    {
        public int Status => throw new InvalidOperationException($"{GetType()} has no status");

        public override string Message => null!;
    }

    private sealed class HangsOnDisposal(CancellationTokenSource caller) : IAsyncEnumerable<ChatResponseUpdate>, IAsyncEnumerator<ChatResponseUpdate>
    {
        public ChatResponseUpdate Current { get; } = Update("whole", ChatFinishReason.Stop);

        private int Moves { get; set; }

        public IAsyncEnumerator<ChatResponseUpdate> GetAsyncEnumerator(CancellationToken cancellationToken = default) => this;

        public ValueTask<bool> MoveNextAsync() => new(Moves++ == 0);

        public async ValueTask DisposeAsync()
        {
            await Task.Yield();
            await caller.CancelAsync();
            await Task.Delay(Timeout.Infinite, CancellationToken.None);
        }
    }

    private sealed class Client(IAsyncEnumerable<ChatResponseUpdate>? updates, ChatResponse? whole = null) : IChatClient
    {
        public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) => Task.FromResult(whole!);

        public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) => updates!;

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }
    }
}
