using System.Net;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Time.Testing;
using static AutoMix.Tests.ScriptedClient;

namespace AutoMix.Tests.Cases.Neighbours;

/// <summary>Cases 1 to 5 by other mechanisms.</summary>
public class StreamingNeighbours
{
    private static ValueTask<RoutingDecision> SmallThenLarge(RoutingView state, CancellationToken ct) =>
        new(state.CanCall(0) && state.Attempts.Count == 0 ? RoutingDecision.Call(0, final: true) : RoutingDecision.Call(1, final: true));

    private static ChatResponseUpdate Update(string text, ChatFinishReason? finish = null) => new(ChatRole.Assistant, text) { MessageId = "m1", FinishReason = finish };

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task Case01_ConnectionThatBreaksAfterTheFinishReason_LosesNothingThatWasPaidFor(Mode mode)
    {
        var small = new Stream(() => [Update("the whole "), Update("answer", ChatFinishReason.Stop)], new IOException("reset before the usage came"));
        ScriptedClient large = Answering("large");
        IChatClient client = Mix.Of(small, large, mix => mix.FirstModel(profile: p => p with { DrainStream = true }).WithoutVerification());

        ChatResponse response = await client.AskAsync(mode, "?");

        response.Text.Should().Be("the whole answer");
        response.Record().Attempts[0].Spend.IsEstimated.Should().BeTrue("the usage is lost");
        large.Calls.Should().BeEmpty();
    }

    [Fact]
    public async Task Case01_LiveStreamThatBreaksAfterItsFinishReason_EndsAsTheWholeAnswerThatItIs()
    {
        var small = new Stream(() => [Update("the whole "), Update("answer", ChatFinishReason.Stop)], new IOException("reset before the usage came"));
        ChatResponse response = await Mix.Of(small, Answering("large"), mix => mix.RouteWith(SmallThenLarge)).AskAsync(Mode.Streaming, "?");

        response.Text.Should().Be("the whole answer");
        response.Record().Outcome.Should().Be(RoutingOutcome.Accepted);
    }

    [Fact]
    public async Task Case01_LiveStreamThatStallsHalfWay_IsInterruptedByTheTimeLimitAndNotCancelled()
    {
        var time = new FakeTimeProvider();
        var large = new Stream(() => [Update("half ")], null, stall: token =>
        {
            Task never = Task.Delay(Timeout.Infinite, token);
            time.Advance(TimeSpan.FromSeconds(3));
            return never;
        });
        IChatClient client = Mix.Of(Answering("earlier"), large, mix => mix.Distrust("small").UseTimeProvider(time).Configure(o => (o.AttemptTimeout, o.Deadline) = (TimeSpan.FromSeconds(2), null)));

        Func<Task> read = () => client.AskAsync(Mode.Streaming, "?");

        StreamInterruptedException e = (await read.Should().ThrowAsync<StreamInterruptedException>()).Which;
        e.Attempts[1].Failure.Should().Be(FailureKind.Timeout);
        e.BestAnswer!.Text.Should().Be("earlier");
    }

    [Fact]
    public async Task Case01_ErrorContentInTheMiddleOfALiveStream_IsAnErrorAndNotText()
    {
        var large = new Stream(() => [Update("half "), new(ChatRole.Assistant, [new ErrorContent("overloaded")]), Update("more", ChatFinishReason.Stop)]);
        var seen = new List<string>();
        Func<Task> read = async () =>
        {
            await foreach (ChatResponseUpdate update in Mix.Of(Answering("earlier"), large, mix => mix.Distrust("small")).GetStreamingResponseAsync("?"))
            {
                seen.Add(update.Text);
            }
        };

        (await read.Should().ThrowAsync<StreamInterruptedException>()).Which.Attempts[1].Error!.Message.Should().Contain("overloaded");
        string.Concat(seen).Should().Be("half ");
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Case01_LiveStreamWithoutAFinishReason_IsAcceptedAsShownAndTheCheckRecorded(bool required)
    {
        var small = new Stream(() => [Update("as far "), Update("as it goes")]);
        ScriptedClient large = Answering("large");
        ChatResponse response = await Mix.Of(small, large, mix => mix.RouteWith(SmallThenLarge).FirstModel(profile: p => p with { RequiresFinishReason = required })).AskAsync(Mode.Streaming, "?");

        response.Text.Should().Be("as far as it goes");
        response.FinishReason.Should().BeNull("nobody said that it is the end");
        response.Record().Attempts[0].Verdicts.Select(v => (v.Verifier, v.Kind)).Should().Equal(required ? [("finish-reason", VerdictKind.Rejected)] : []);
        large.Calls.Should().BeEmpty("what has been shown stays shown");
    }

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task Case01_ToolLoopInsideATierThatIsCutOffInItsSecondTurn_FailsOver(Mode mode)
    {
        int turn = 0;
        var model = new Stream(() => turn++ == 0
            ? [new(ChatRole.Assistant, [new FunctionCallContent("c1", "look", new Dictionary<string, object?>())]) { MessageId = "m1", FinishReason = ChatFinishReason.ToolCalls }]
            : [new(ChatRole.Assistant, "It is") { MessageId = "m2" }]);
        IChatClient client = Mix.Of(model.AsBuilder().UseFunctionInvocation().Build(), Answering("whole"), mix => mix.FirstModel(profile: p => p with { DrainStream = true }).WithoutVerification());

        ChatResponse response = await client.AskAsync(mode, "?", new ChatOptions { Tools = [AIFunctionFactory.Create(() => "20 degrees", "look")] });

        response.Record().Attempts[0].Failure.Should().Be(FailureKind.CutOff);
        response.Record().Model.Should().Be("large");
    }

    [Theory, InlineData(Mode.Whole, false), InlineData(Mode.Streaming, false), InlineData(Mode.Whole, true), InlineData(Mode.Streaming, true)]
    public async Task Case02_FailureWhenTheStreamIsOpened_IsAFailureBeforeOutput(Mode mode, bool final)
    {
        var small = new Stream(() => throw new HttpRequestException("slow down", null, HttpStatusCode.TooManyRequests));
        IChatClient client = Mix.Of(small, Answering("fine"), mix => mix
            .RouteWith((state, _) => new(state.Attempts.Count == 0 ? RoutingDecision.Call(0, final) : RoutingDecision.Call(1, final: true))));

        ChatResponse response = await client.AskAsync(mode, "?");

        response.Text.Should().Be("fine");
        response.Record().Attempts[0].Failure.Should().Be(FailureKind.RateLimit);
    }

    [Fact]
    public async Task Case02_FinalStreamThatFailsAfterUpdatesWithoutContent_FailsOverAndShowsNoneOfThem()
    {
        var small = new Stream(() => [new(ChatRole.Assistant, []) { MessageId = "of-small" }, Update("")], new HttpRequestException("gone", null, HttpStatusCode.BadGateway));
        List<ChatResponseUpdate> updates = await Mix.Of(small, Answering("fine"), mix => mix.RouteWith(SmallThenLarge)).GetStreamingResponseAsync("?").ToListAsync();

        updates.ToChatResponse().Text.Should().Be("fine");
        updates.Should().NotContain(u => u.MessageId == "of-small");
    }

    [Fact]
    public async Task Case03_BufferedAnswer_IsReplayedInItsOwnPieces()
    {
        var small = new Stream(() => [Update("one "), Update("two "), Update("three", ChatFinishReason.Stop)]);
        List<ChatResponseUpdate> updates = await Mix.Of(small, Answering("large"), mix => mix.VerifyWith((_, _) => new(1.0))).GetStreamingResponseAsync("?").ToListAsync();

        updates.Select(u => u.Text).Where(t => t.Length > 0).Should().Equal("one ", "two ", "three");
    }

    [Fact]
    public async Task Case03_LiveAnswer_IsCheckedLikeABufferedOne()
    {
        static void Configure(AutoMixBuilder mix) => mix.VerifyWith((_, _) => new(0.3), "doubt").RouteWith(SmallThenLarge);
        RoutingRecord live = (await Mix.Of(Answering("small"), Answering("large"), Configure).AskAsync(Mode.Streaming, "?")).Record();
        RoutingRecord whole = (await Mix.Of(Answering("small"), Answering("large"), Configure).AskAsync(Mode.Whole, "?")).Record();

        live.Attempts[0].Confidence.Should().Be(0.3);
        live.Attempts[0].Verdicts.Should().Equal(whole.Attempts[0].Verdicts);
        live.Decisions.Should().Equal(whole.Decisions);
    }

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task Case04_AnswerOfSeveralMessagesAndOwnProperties_SurvivesWhole(Mode mode)
    {
        var raw = new object();
        var created = new DateTimeOffset(2025, 1, 2, 3, 4, 5, TimeSpan.Zero);
        ChatResponseUpdate[] updates =
        [
            new(ChatRole.Assistant, [new TextContent("looking")]) { MessageId = "m1", AuthorName = "ann", ResponseId = "r1", CreatedAt = created },
            new(ChatRole.Assistant, [new FunctionCallContent("c1", "look", new Dictionary<string, object?> { ["at"] = "sky" })]) { MessageId = "m1", ResponseId = "r1" },
            new(ChatRole.Tool, [new FunctionResultContent("c1", "blue")]) { MessageId = "m2", ResponseId = "r1" },
            new(ChatRole.Assistant, [new UriContent("https://example.org/sky.png", "image/png"), new HostedFileContent("file-1")]) { MessageId = "m3", ResponseId = "r1" },
            new(ChatRole.Assistant, [new TextContent("It is blue.") { RawRepresentation = raw, AdditionalProperties = new() { ["k"] = 1 } }])
            {
                MessageId = "m3", ResponseId = "r1", FinishReason = ChatFinishReason.Stop, ModelId = "small-2",
            },
        ];
        ChatResponse response = await Mix.Of(new Stream(() => updates), Answering("large"), mix => mix.WithoutVerification()).AskAsync(mode, "?");

        response.ResponseId.Should().Be("r1");
        response.ModelId.Should().Be("small-2");
        response.FinishReason.Should().Be(ChatFinishReason.Stop);
        response.Messages.Select(m => m.Role).Should().Equal(ChatRole.Assistant, ChatRole.Tool, ChatRole.Assistant);
        response.Messages[0].AuthorName.Should().Be("ann");
        response.Messages[0].CreatedAt.Should().Be(created);
        response.Messages.SelectMany(m => m.Contents).Select(c => c.GetType()).Should().Equal(
            typeof(TextContent), typeof(FunctionCallContent), typeof(FunctionResultContent), typeof(UriContent), typeof(HostedFileContent), typeof(TextContent));
        TextContent last = response.Messages[^1].Contents.OfType<TextContent>().Single();
        last.RawRepresentation.Should().BeSameAs(raw);
        last.AdditionalProperties!["k"].Should().Be(1);
    }

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task Case05_VerifyingCallsOfAProviderThatRejectsCallsThatDoNotStream_AreDrainedToo(Mode mode)
    {
        await using ProviderServer server = await ProviderServer.StartAsync();
        IChatClient client = Mix.Of(
            server.Client("small", e => !e.IsStreaming ? e.FailAsync(HttpStatusCode.BadRequest, "Stream must be set to true")
                : e.AnswerAsync(e.Body.ToJsonString().Contains("You check answers") ? "Verification Decision: Correct" : "drained answer", 20, 4)),
            server.Client("large", e => e.AnswerAsync("large")),
            mix => mix.FirstModel(profile: p => p with { DrainStream = true }).VerifyWith(Verifiers.SelfVerification(samples: 2)));

        ChatResponse response = await client.AskAsync(mode, "?");

        response.Text.Should().Be("drained answer");
        response.Record().Attempts[0].Confidence.Should().Be(1);
        response.Usage!.TotalTokenCount.Should().Be(3 * 24);
    }

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task Drafts_ToolCallOfADraftThatIsTakenBack_IsNeverShownSoThatNobodyRunsIt(Mode mode)
    {
        int ran = 0;
        bool HasResult(Call call) => call.Messages.Any(m => m.Contents.Any(c => c is FunctionResultContent));
        var small = new ScriptedClient(_ => Reply.Of(new TextContent("I will charge you. "), new FunctionCallContent("c1", "charge", new Dictionary<string, object?>())));
        var large = new ScriptedClient(call => HasResult(call) ? Reply.Of("Charged.") : Reply.Of(new FunctionCallContent("c2", "charge", new Dictionary<string, object?>())));
        IChatClient client = Mix.Of(small, large, mix => mix.Configure(o => o.ToolMinimumModels["charge"] = "large").Configure(o => o.StreamDrafts = true), chain => chain.UseFunctionInvocation());

        await client.AskAsync(mode, "charge", new ChatOptions { Tools = [AIFunctionFactory.Create(() => ++ran, "charge")] });

        ran.Should().Be(1);
    }

    [Fact]
    public async Task Drafts_ToolCallOfADraftThatIsAccepted_ComesOnceItIsAccepted()
    {
        var small = new ScriptedClient(_ => Reply.Of(new TextContent("Let me look. "), new FunctionCallContent("c1", "look", new Dictionary<string, object?>()), new TextContent("Done.")));
        ChatResponse response = await Mix.Of(small, Answering("large"), mix => mix.Configure(o => o.StreamDrafts = true))
            .AskAsync(Mode.Streaming, "?", new ChatOptions { Tools = [AIFunctionFactory.Create(() => 1, "look")] });

        response.Messages.Should().ContainSingle().Which.Contents.Select(c => c.GetType()).Should().Equal(typeof(TextContent), typeof(FunctionCallContent), typeof(TextContent));
    }

    [Fact]
    public async Task Drafts_RequestThatEndsWithoutAnAnswer_TakesTheDraftBackBeforeItThrows()
    {
        var small = new Stream(() => [Update("a draft that "), Update("breaks")], new IOException("reset"));
        IChatClient client = Mix.Of(small, Failing(() => new HttpRequestException("down")), mix => mix.Configure(o => o.StreamDrafts = true));
        var seen = new List<ChatResponseUpdate>();
        Func<Task> read = async () =>
        {
            await foreach (ChatResponseUpdate update in client.GetStreamingResponseAsync("?"))
            {
                seen.Add(update);
            }
        };

        await read.Should().ThrowAsync<NoUsableAnswerException>();
        seen[^1].Should().BeOfType<SupersededUpdate>().Which.DraftMessageId.Should().Be(seen[0].MessageId);
    }

    [Fact]
    public async Task Drafts_DraftThatIsTakenBackAndChosenAfterAll_IsShownAgainUnderAnotherId()
    {
        IChatClient client = Mix.Of(Answering("small"), Failing(() => new HttpRequestException("down")), mix => mix.Configure(o => o.StreamDrafts = true).RouteWith((state, _) => new(
            state.Attempts.Count == 0 ? RoutingDecision.Call(0) : state.CanCall(1) ? RoutingDecision.Call(1) : RoutingDecision.Accept(state.Attempts[0]))));
        List<ChatResponseUpdate> updates = await client.GetStreamingResponseAsync("?").ToListAsync();

        string draft = updates.OfType<SupersededUpdate>().Single().DraftMessageId;
        string.Concat(updates.Where(u => u.MessageId == draft).Select(u => u.Text)).Should().Be("small");
        string.Concat(updates.Where(u => u.MessageId != draft).Select(u => u.Text)).Should().Be("small");
        updates[^1].GetRoutingRecord()!.Model.Should().Be("small");
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Drafts_ReaderStopsAtTheWithdrawal_TheCallThatHasBegunIsSettled(bool byCancellation)
    {
        var ledger = new InMemoryBudgetLedger([BudgetLimit.PerHour(10)]);
        using var stop = new CancellationTokenSource();
        IChatClient client = Mix.Of(Answering("small"), Answering("large"), mix => mix.UseBudget(ledger).Configure(o => o.StreamDrafts = true).RouteWith((state, _) => new(
            state.Attempts.Count == 0 ? RoutingDecision.Call(0) : RoutingDecision.Call(1))));
        Func<Task> read = async () =>
        {
            await foreach (ChatResponseUpdate update in client.GetStreamingResponseAsync("?", cancellationToken: stop.Token))
            {
                if (update is SupersededUpdate && !byCancellation)
                {
                    break;
                }

                if (update is SupersededUpdate)
                {
                    await stop.CancelAsync();
                }
            }
        };

        if (byCancellation)
        {
            await read.Should().ThrowAsync<OperationCanceledException>();
        }
        else
        {
            await read();
        }

        ledger.OpenReservations.Should().Be(0);
        RoutingRecord record = client.GetService<RoutingRecord>()!;
        record.Attempts.Should().HaveCount(2).And.NotContain(a => a.Status == AttemptStatus.Running);
    }

    /// <summary>A provider whose stream does exactly this, and whose whole answer is that stream put together.</summary>
    private sealed class Stream(Func<IReadOnlyList<ChatResponseUpdate>> updates, Exception? failure = null, Func<CancellationToken, Task>? stall = null) : IChatClient
    {
        public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

        // Not lazy: what fails here fails when the stream is opened.
        public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            ReadAsync(updates(), cancellationToken);

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }

        private async IAsyncEnumerable<ChatResponseUpdate> ReadAsync(IReadOnlyList<ChatResponseUpdate> all, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            foreach (ChatResponseUpdate update in all)
            {
                await Task.Yield();
                yield return update;
            }

            if (stall is not null)
            {
                await stall(cancellationToken);
            }

            if (failure is not null)
            {
                throw failure;
            }
        }
    }
}
