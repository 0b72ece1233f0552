using System.Net;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Time.Testing;
using static AutoMix.Tests.ScriptedClient;

namespace AutoMix.Tests.Cases;

public class FailureCases
{
    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task Case14_TierThatIsAlwaysRateLimited_IsLeftAloneForAsLongAsItAsks(Mode mode)
    {
        await using ProviderServer server = await ProviderServer.StartAsync();
        var time = new FakeTimeProvider();
        IChatClient client = Mix.Of(
            server.Client("small", e => e.FailAsync(HttpStatusCode.TooManyRequests, "slow down", retryAfter: "30")),
            server.Client("large", e => e.AnswerAsync("fine")),
            mix => mix.UseTimeProvider(time));

        for (int i = 0; i < 5; i++)
        {
            (await client.AskAsync(mode, "?")).Text.Should().Be("fine");
        }

        server.CallsOf("small").Should().Be(1);
        time.Advance(TimeSpan.FromSeconds(29));
        await client.AskAsync(mode, "?");
        server.CallsOf("small").Should().Be(1);
        time.Advance(TimeSpan.FromSeconds(2));
        await client.AskAsync(mode, "?");
        server.CallsOf("small").Should().Be(2);
    }

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task Case14_DeadTierWithoutRetryAfter_IsNotPaidForOnEveryRequestAndComesBack(Mode mode)
    {
        await using ProviderServer server = await ProviderServer.StartAsync();
        var time = new FakeTimeProvider();
        bool dead = true;
        IChatClient client = Mix.Of(
            server.Client("small", e => dead ? e.FailAsync(HttpStatusCode.ServiceUnavailable, "down") : e.AnswerAsync("back")),
            server.Client("large", e => e.AnswerAsync("fine")),
            mix => mix.UseTimeProvider(time).WithoutVerification());

        for (int i = 0; i < 5; i++)
        {
            ChatResponse response = await client.AskAsync(mode, "?");
            response.Text.Should().Be("fine");
        }

        server.CallsOf("small").Should().Be(2);
        time.Advance(TimeSpan.FromSeconds(16));
        await client.AskAsync(mode, "?");
        server.CallsOf("small").Should().Be(3, "one call tries it again");
        await client.AskAsync(mode, "?");
        server.CallsOf("small").Should().Be(3, "it failed again");
        dead = false;
        time.Advance(TimeSpan.FromSeconds(16));
        (await client.AskAsync(mode, "?")).Text.Should().Be("back");
        (await client.AskAsync(mode, "?")).Text.Should().Be("back");
    }

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task Case15_OwnTimeLimit_IsNotTheCallersCancellation(Mode mode)
    {
        await using ProviderServer server = await ProviderServer.StartAsync();
        IChatClient client = Mix.Of(
            server.Client("small", e => e.StallAsync()),
            server.Client("large", e => e.AnswerAsync("fine")),
            mix => mix.Configure(o => (o.AttemptTimeout, o.Deadline) = (TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5))));
        using var caller = new CancellationTokenSource();

        ChatResponse response = await client.AskAsync(mode, "?", null, caller.Token);

        response.Text.Should().Be("fine");
        AttemptRecord stalled = response.Record().Attempts[0];
        stalled.Failure.Should().Be(FailureKind.Timeout);
        stalled.Spend.IsEstimated.Should().BeTrue();
        stalled.Cost.Should().BeGreaterThan(0);
    }

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task Case15_CallersCancellation_PropagatesAtOnce(Mode mode)
    {
        using var caller = new CancellationTokenSource();
        var small = new ScriptedClient(async (_, _) =>
        {
            await caller.CancelAsync();
            await Task.Delay(Timeout.Infinite, CancellationToken.None); // ignores its token
            return Reply.Of("never");
        });
        ScriptedClient large = Answering("never");
        var ledger = new InMemoryBudgetLedger([BudgetLimit.PerHour(10)]);
        IChatClient client = Mix.Of(small, large, mix => mix.UseBudget(ledger));

        Func<Task> ask = () => client.AskAsync(mode, "?", null, caller.Token);

        await ask.Should().ThrowAsync<OperationCanceledException>();
        large.Calls.Should().BeEmpty();
        ledger.OpenReservations.Should().Be(0);
        ledger.Committed("").Should().BeGreaterThan(0, "what was sent may have been billed");
        client.GetService<RoutingRecord>()!.Outcome.Should().Be(RoutingOutcome.Cancelled);
    }

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task Case15_TimeLimitOfTheProvidersClient_IsATimeoutToo(Mode mode)
    {
        ScriptedClient small = Failing(() => new TaskCanceledException("The request was canceled due to the configured HttpClient.Timeout.", new TimeoutException()));
        ChatResponse response = await Mix.Of(small, Answering("fine")).AskAsync(mode, "?");

        response.Text.Should().Be("fine");
        response.Record().Attempts[0].Failure.Should().Be(FailureKind.Timeout);
    }

    [Theory]
    [InlineData(Mode.Whole, "")]
    [InlineData(Mode.Streaming, "")]
    [InlineData(Mode.Whole, " \n\t")]
    [InlineData(Mode.Streaming, " \n\t")]
    [InlineData(Mode.Whole, "\u200b\ufeff")]
    [InlineData(Mode.Streaming, "\u200b\ufeff")]
    public async Task Case16_AnswerWithoutContent_IsRejectedWithoutAVerifierCall(Mode mode, string text)
    {
        await using ProviderServer server = await ProviderServer.StartAsync();
        IChatClient client = Mix.Of(server.Client("small", e => e.AnswerAsync(text)), server.Client("large", e => e.AnswerAsync("fine")));
        ChatResponse response = await client.AskAsync(mode, "?");

        response.Text.Should().Be("fine");
        server.CallsOf("small").Should().Be(1);
    }

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task Case16_ReasoningOnly_IsRejectedWithoutAVerifierCall(Mode mode)
    {
        var small = new ScriptedClient(_ => Reply.Of(new TextReasoningContent("let me think")));
        ChatResponse response = await Mix.Of(small, Answering("fine")).AskAsync(mode, "?");

        response.Text.Should().Be("fine");
        response.Record().Attempts[0].Rejection.Should().Be("the answer is reasoning only");
        small.Calls.Should().ContainSingle();
    }

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task Case16_NothingButEmptyAnswers_IsAnException(Mode mode)
    {
        Func<Task> ask = () => Mix.Of(Answering(""), Answering(" ")).AskAsync(mode, "?");

        (await ask.Should().ThrowAsync<NoUsableAnswerException>()).Which.Attempts.Should().HaveCount(2);
    }

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task Case17_Exhaustion_ShowsAllAttemptsInOneException(Mode mode)
    {
        await using ProviderServer server = await ProviderServer.StartAsync();
        IChatClient client = Mix.Of(
            server.Client("small", e => e.StallAsync()),
            server.Client("large", e => e.FailAsync(HttpStatusCode.BadRequest, "unsupported parameter")),
            mix => mix.Configure(o => (o.AttemptTimeout, o.Deadline) = (TimeSpan.FromMilliseconds(500), null)));

        Func<Task> ask = () => client.AskAsync(mode, "?");

        NoUsableAnswerException e = (await ask.Should().ThrowAsync<NoUsableAnswerException>()).Which;
        e.Attempts.Select(a => a.Failure).Should().Equal(FailureKind.Timeout, FailureKind.BadRequest);
        e.Message.Should().Contain("small").And.Contain("large").And.Contain("unsupported parameter");
        e.InnerException.Should().BeOfType<TimeoutException>();
        e.Record.Outcome.Should().Be(RoutingOutcome.Failed);
    }

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task Case17_UsableAnswerAlreadyPaidFor_BeatsAnyException(Mode mode)
    {
        await using ProviderServer server = await ProviderServer.StartAsync();
        IChatClient client = Mix.Of(
            server.Client("small", e => e.AnswerAsync("doubtful")),
            server.Client("large", e => e.FailAsync(HttpStatusCode.InternalServerError, "boom")),
            mix => mix.Distrust("small"));

        ChatResponse response = await client.AskAsync(mode, "?");

        response.Text.Should().Be("doubtful");
        response.Record().Outcome.Should().Be(RoutingOutcome.Abstained);
        response.Record().Attempts.Should().HaveCount(2);
    }

    [Theory]
    [InlineData(HttpStatusCode.TooManyRequests, "x", FailureKind.RateLimit)]
    [InlineData(HttpStatusCode.ServiceUnavailable, "x", FailureKind.Overload)]
    [InlineData((HttpStatusCode)529, "x", FailureKind.Overload)]
    [InlineData(HttpStatusCode.Unauthorized, "x", FailureKind.Authentication)]
    [InlineData(HttpStatusCode.Forbidden, "x", FailureKind.Authentication)]
    [InlineData(HttpStatusCode.BadRequest, "x", FailureKind.BadRequest)]
    [InlineData(HttpStatusCode.NotFound, "x", FailureKind.BadRequest)]
    [InlineData(HttpStatusCode.BadRequest, "The response was filtered due to the prompt triggering content management policy", FailureKind.ContentFilter)]
    [InlineData(HttpStatusCode.BadRequest, "context_length_exceeded", FailureKind.ContextLength)]
    public async Task Failure_OfEachClass_IsSortedOverHttp(HttpStatusCode status, string message, FailureKind expected)
    {
        await using ProviderServer server = await ProviderServer.StartAsync();
        IChatClient client = Mix.Of(server.Client("small", e => e.FailAsync(status, message)), server.Client("large", e => e.AnswerAsync("fine")));

        (await client.AskAsync(Mode.Whole, "?")).Record().Attempts[0].Failure.Should().Be(expected);
    }

    [Fact]
    public async Task Failure_UnreachableProvider_IsOverload()
    {
        ScriptedClient small = Failing(() => new HttpRequestException("connection refused", new System.Net.Sockets.SocketException(111)));

        (await Mix.Of(small, Answering("fine")).GetResponseAsync("?")).Record().Attempts[0].Failure.Should().Be(FailureKind.Overload);
    }

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task Failure_ReactionRetry_AsksTheSameModelAgain(Mode mode)
    {
        var small = new ScriptedClient(call => call.Index == 0 ? throw new HttpRequestException("503", null, HttpStatusCode.ServiceUnavailable) : Reply.Of("second try"));
        ScriptedClient large = Answering("large");
        IChatClient client = Mix.Of(small, large, mix => mix.WithoutVerification().Configure(o => o.Failures[FailureKind.Overload] = FailureReaction.Retry));

        (await client.AskAsync(mode, "?")).Text.Should().Be("second try");
        large.Calls.Should().BeEmpty();
    }

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task Failure_ReactionStop_EndsTheRequest(Mode mode)
    {
        ScriptedClient large = Answering("large");
        IChatClient client = Mix.Of(Failing(() => new HttpRequestException("401", null, HttpStatusCode.Unauthorized)), large, mix => mix
            .OnFailure(failure => failure.Kind == FailureKind.Authentication ? FailureReaction.Stop : null));
        Func<Task> ask = () => client.AskAsync(mode, "?");

        await ask.Should().ThrowAsync<NoUsableAnswerException>();
        large.Calls.Should().BeEmpty();
    }

    [Fact]
    public async Task Failure_ClassOfTheUser_Wins()
    {
        IChatClient client = Mix.Of(Failing(() => new InvalidOperationException("my own")), Answering("fine"), mix => mix
            .OnFailure(classify: e => e.Message == "my own" ? FailureKind.ContentFilter : null));

        (await client.GetResponseAsync("?")).Record().Attempts[0].Failure.Should().Be(FailureKind.ContentFilter);
    }

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task Failure_ErrorContentInsideAnAnswer_FailsOver(Mode mode)
    {
        var small = new ScriptedClient(_ => Reply.Of(new TextContent("partial"), new ErrorContent("server overloaded")));
        ChatResponse response = await Mix.Of(small, Answering("fine")).AskAsync(mode, "?");

        response.Text.Should().Be("fine");
        response.Record().Attempts[0].Failure.Should().Be(FailureKind.Overload);
    }
}
