using System.Net;
using Microsoft.Extensions.AI;
using static AutoMix.Tests.ScriptedClient;

namespace AutoMix.Tests.Cases;

public class StreamingCases
{
    [Fact]
    public async Task Case01_LiveStreamThatBreaksOff_PassesTheErrorOnAndNeverStartsOver()
    {
        await using ProviderServer server = await ProviderServer.StartAsync();
        var read3 = new TaskCompletionSource();
        IChatClient client = Mix.Of(
            server.Client("small", e => e.AnswerAsync("earlier answer")),
            server.Client("large", e => e.BreakOffAsync(read3.Task, "one ", "two ", "three")),
            mix => mix.Distrust("small"));

        var seen = new List<string>();
        Func<Task> read = async () =>
        {
            await foreach (ChatResponseUpdate update in client.GetStreamingResponseAsync("?"))
            {
                seen.Add(update.Text);
                if (seen.Count == 3)
                {
                    read3.SetResult();
                }
            }
        };

        StreamInterruptedException e = (await read.Should().ThrowAsync<StreamInterruptedException>()).Which;
        string.Concat(seen).Should().Be("one two three");
        e.Attempts.Select(a => a.ModelName).Should().Equal("small", "large");
        e.BestAnswer!.Text.Should().Be("earlier answer");
        e.InnerException.Should().NotBeNull();
        server.CallsOf("large").Should().Be(1);
    }

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task Case01_BufferedStreamThatBreaksOff_HasShownNothingAndFailsOver(Mode mode)
    {
        await using ProviderServer server = await ProviderServer.StartAsync();
        IChatClient client = Mix.Of(
            server.Client("small", e => e.IsStreaming ? e.BreakOffAsync(Task.CompletedTask, "one ", "two ", "three") : e.FailAsync(HttpStatusCode.BadGateway, "down")),
            server.Client("large", e => e.AnswerAsync("whole answer")));

        ChatResponse response = await client.AskAsync(mode, "?");

        response.Text.Should().Be("whole answer");
        response.Record().Attempts[0].Status.Should().Be(AttemptStatus.Failed);
    }

    [Fact]
    public async Task Case01_BufferedStreamWithoutFinishReason_IsCutOffAndFailsOver()
    {
        await using ProviderServer server = await ProviderServer.StartAsync();
        IChatClient client = Mix.Of(server.Client("small", e => e.CutOffAsync("one ", "two")), server.Client("large", e => e.AnswerAsync("whole answer")));

        ChatResponse response = await client.AskAsync(Mode.Streaming, "?");

        response.Text.Should().Be("whole answer");
        response.Record().Attempts[0].Failure.Should().Be(FailureKind.CutOff);
    }

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task Case02_RateLimitAtTheFirstMove_IsAFailureBeforeOutputAndFailsOver(Mode mode)
    {
        await using ProviderServer server = await ProviderServer.StartAsync();
        IChatClient client = Mix.Of(
            server.Client("small", e => e.FailAsync(HttpStatusCode.TooManyRequests, "slow down")),
            server.Client("large", e => e.AnswerAsync("fine")));

        ChatResponse response = await client.AskAsync(mode, "?");

        response.Text.Should().Be("fine");
        response.Record().Attempts[0].Failure.Should().Be(FailureKind.RateLimit);
    }

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task Case02_FinalCallThatFailsBeforeOutput_MayStillFailOver(Mode mode)
    {
        ScriptedClient small = Failing(() => new HttpRequestException("no", null, HttpStatusCode.TooManyRequests));
        IChatClient client = Mix.Of(small, Answering("fine"), mix => mix.RouteWith((state, _) => new(
            state.Attempts.Count == 0 ? RoutingDecision.Call(0, final: true) : RoutingDecision.Call(1, final: true))));

        (await client.AskAsync(mode, "?")).Text.Should().Be("fine");
    }

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task Case02_FinalStreamThatIsEmpty_FailsOver(Mode mode)
    {
        IChatClient client = Mix.Of(Answering("  \n"), Answering("fine"), mix => mix.RouteWith((state, _) => new(
            state.Attempts.Count == 0 ? RoutingDecision.Call(0, final: true) : RoutingDecision.Call(1, final: true))));

        ChatResponse response = await client.AskAsync(mode, "?");

        response.Text.Should().Be("fine");
        response.Record().Attempts[0].Failure.Should().Be(FailureKind.Empty);
    }

    [Fact]
    public async Task Case03_SameScriptThroughBothCalls_DecidesAlike()
    {
        async Task<RoutingRecord> Run(Mode mode) => (await Mix.Of(Mix.Model("small says", vote: false), Mix.Model("large says")).AskAsync(mode, "?")).Record();

        RoutingRecord whole = await Run(Mode.Whole);
        RoutingRecord streaming = await Run(Mode.Streaming);

        streaming.Decisions.Should().Equal(whole.Decisions);
        streaming.Cost.Should().Be(whole.Cost);
        streaming.Model.Should().Be(whole.Model);
    }

    [Fact]
    public async Task Case03_AnswerThatIsCertainToBeAccepted_StreamsLive()
    {
        using var gate = new SemaphoreSlim(0);
        var large = new ScriptedClient(_ => Reply.Of(new TextContent("one "), new TextContent("two")) with { Gate = gate });
        IChatClient client = Mix.Of(Mix.Model("no", vote: false), large);

        await using IAsyncEnumerator<ChatResponseUpdate> stream = client.GetStreamingResponseAsync("?").GetAsyncEnumerator();
        (await stream.MoveNextAsync()).Should().BeTrue();
        stream.Current.Text.Should().Be("one ", "the model has not written the rest yet");
        gate.Release(10);
        while (await stream.MoveNextAsync())
        {
        }

        large.StreamsClosed.Should().Be(1);
    }

    [Fact]
    public async Task Case03_AnswerThatMayStillBeRejected_IsNotShownBeforeItIsAccepted()
    {
        bool verified = false;
        IChatClient client = Mix.Of(Answering("small"), Answering("large"), mix => mix.VerifyWith((_, _) =>
        {
            verified = true;
            return new(1.0);
        }));

        await foreach (ChatResponseUpdate update in client.GetStreamingResponseAsync("?"))
        {
            verified.Should().BeTrue();
        }
    }

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task Case03_FinalAnswerThatFailsAFreeCheck_IsAcceptedAsItIsAndTheCheckRecorded(Mode mode)
    {
        IChatClient client = Mix.Of(Answering("small"), Answering("large"), mix => mix
            .VerifyWith((_, _) => new(Verdict.Reject("not good")), "strict")
            .RouteWith((_, _) => new(RoutingDecision.Call(0, final: true))));

        ChatResponse response = await client.AskAsync(mode, "?");

        response.Text.Should().Be("small");
        response.Record().Attempts[0].Verdicts.Should().ContainSingle(v => v.Kind == VerdictKind.Rejected);
        response.Record().Outcome.Should().Be(RoutingOutcome.Accepted);
    }

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task Case04_BufferedAnswerOfManyKinds_SurvivesWhole(Mode mode)
    {
        var annotated = new TextContent("see [1]") { Annotations = [new CitationAnnotation { Title = "source" }] };
        AIContent[] contents =
        [
            new TextReasoningContent("thinking") { ProtectedData = "sealed" },
            annotated,
            new DataContent(new byte[] { 1, 2, 3 }, "image/png"),
            new FunctionCallContent("call-1", "lookup", new Dictionary<string, object?> { ["city"] = "Paris" }),
        ];
        var options = new ChatOptions { Tools = [AIFunctionFactory.Create((string city) => city, "lookup")] };
        var small = new ScriptedClient(_ => Reply.Of(contents) with { FinishReason = ChatFinishReason.ToolCalls, ModelId = "small-1", ConversationId = "conv-1" });
        ChatResponse response = await Mix.Of(small, Answering("large")).AskAsync(mode, "?", options);

        response.ResponseId.Should().Be("r1");
        response.ModelId.Should().Be("small-1");
        response.ConversationId.Should().Be("conv-1");
        response.FinishReason.Should().Be(ChatFinishReason.ToolCalls);
        response.Usage!.TotalTokenCount.Should().Be(15);
        ChatMessage message = response.Messages.Should().ContainSingle().Which;
        message.MessageId.Should().Be("m1");
        message.Contents.Select(c => c.GetType()).Should().Equal(typeof(TextReasoningContent), typeof(TextContent), typeof(DataContent), typeof(FunctionCallContent));
        message.Contents.OfType<TextReasoningContent>().Single().ProtectedData.Should().Be("sealed");
        message.Contents.OfType<TextContent>().Single().Annotations.Should().ContainSingle();
        message.Contents.OfType<DataContent>().Single().Data.ToArray().Should().Equal(1, 2, 3);
        FunctionCallContent call = message.Contents.OfType<FunctionCallContent>().Single();
        call.CallId.Should().Be("call-1");
        call.Arguments!["city"].Should().Be("Paris");
    }

    [Fact]
    public async Task Case04_RecordAndUsage_AreInTheLastUpdateOnly()
    {
        List<ChatResponseUpdate> updates = await Mix.Of(Mix.Model("yes"), Mix.Model("large")).GetStreamingResponseAsync("?").ToListAsync();

        updates[..^1].Should().OnlyContain(u => u.GetRoutingRecord() == null && !u.Contents.OfType<UsageContent>().Any());
        updates[^1].GetRoutingRecord().Should().NotBeNull();
        updates[^1].Contents.OfType<UsageContent>().Should().ContainSingle().Which.Details.InputTokenCount.Should().Be(610);
    }

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task Case05_ProviderThatRejectsCallsThatDoNotStream_IsDrained(Mode mode)
    {
        await using ProviderServer server = await ProviderServer.StartAsync();
        IChatClient client = Mix.Of(
            server.Client("small", e => e.IsStreaming ? e.AnswerAsync("drained answer") : e.FailAsync(HttpStatusCode.BadRequest, "Stream must be set to true")),
            server.Client("large", e => e.AnswerAsync("large")),
            mix => mix.FirstModel(profile: p => p with { DrainStream = true }).WithoutVerification());

        ChatResponse response = await client.AskAsync(mode, "?");

        response.Text.Should().Be("drained answer");
        response.Usage!.TotalTokenCount.Should().Be(15);
        server.CallsOf("large").Should().Be(0);
    }

    [Fact]
    public async Task Stream_ReaderThatStopsEarly_StopsTheModelAndSettles()
    {
        using var gate = new SemaphoreSlim(0);
        var large = new ScriptedClient(_ => Reply.Of(new TextContent("one "), new TextContent("two")) with { Gate = gate });
        var ledger = new InMemoryBudgetLedger([BudgetLimit.PerHour(10)]);
        IChatClient client = Mix.Of(Mix.Model("no", vote: false), large, mix => mix.UseBudget(ledger));

        await foreach (ChatResponseUpdate update in client.GetStreamingResponseAsync("?"))
        {
            break;
        }

        large.Running.Should().Be(0);
        large.StreamsClosed.Should().Be(1);
        ledger.OpenReservations.Should().Be(0);
        RoutingRecord record = client.GetService<RoutingRecord>()!;
        record.Outcome.Should().Be(RoutingOutcome.Cancelled);
        ledger.Committed("").Should().Be(record.Cost);
    }

    [Fact]
    public async Task Drafts_AnswerThatIsNotAccepted_IsShownAndTakenBack()
    {
        IChatClient client = Mix.Of(Mix.Model("wrong draft", vote: false), Mix.Model("right"), mix => mix.Configure(o => o.StreamDrafts = true));
        List<ChatResponseUpdate> updates = await client.GetStreamingResponseAsync("?").ToListAsync();

        SupersededUpdate withdrawal = updates.OfType<SupersededUpdate>().Should().ContainSingle().Which;
        withdrawal.Model.Should().Be("small");
        string draft = string.Concat(updates.Where(u => u.MessageId == withdrawal.DraftMessageId).Select(u => u.Text));
        string rest = string.Concat(updates.Where(u => u.MessageId != withdrawal.DraftMessageId).Select(u => u.Text));
        draft.Should().Be("wrong draft");
        rest.Should().Be("right");
    }

    [Fact]
    public async Task Drafts_AnswerThatIsAccepted_IsShownOnce()
    {
        IChatClient client = Mix.Of(Mix.Model("good draft"), Mix.Model("large"), mix => mix.Configure(o => o.StreamDrafts = true));
        List<ChatResponseUpdate> updates = await client.GetStreamingResponseAsync("?").ToListAsync();

        string.Concat(updates.Select(u => u.Text)).Should().Be("good draft");
        updates.OfType<SupersededUpdate>().Should().BeEmpty();
        updates[^1].GetRoutingRecord()!.Model.Should().Be("small");
    }
}
