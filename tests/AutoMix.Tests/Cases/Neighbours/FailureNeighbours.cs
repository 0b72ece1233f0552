using System.Net;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Time.Testing;
using static AutoMix.Tests.ScriptedClient;

namespace AutoMix.Tests.Cases.Neighbours;

/// <summary>Cases 14 to 17 by other mechanisms.</summary>
public class FailureNeighbours
{
    [Theory]
    [InlineData("Rate limit reached. Please try again in 6m0s.", 360.0)]
    [InlineData("Please try again in 1h2m3.5s.", 3723.5)]
    [InlineData("Rate limit reached for gpt-4o. Please try again in 20s. Visit https://example.org/30m", 20.0)]
    [InlineData("try again in 500ms", 0.5)]
    [InlineData("Retry after 2 minutes", 120.0)]
    [InlineData("Please retry in 12.5 seconds", 12.5)]
    [InlineData("""{"@type":"RetryInfo","retryDelay": "34s"}""", 34.0)]
    [InlineData("retry-after: 7", 7.0)]
    [InlineData("Please wait a moment and try again after 30 seconds.", 30.0)]
    [InlineData("Please wait 3 seconds before you retry", 3.0)]
    [InlineData("try again in 1.5 hours", 5400.0)]
    [InlineData("Please try again in a moment", null)]
    [InlineData("Please retry", null)]
    public void Case14_WaitInTheWordsOfAMessage_IsRead(string message, double? seconds) =>
        (RetryDelay.Of(new InvalidOperationException(message), DateTimeOffset.UnixEpoch)?.TotalSeconds).Should().Be(seconds);

    [Theory]
    [InlineData("-5", null)]
    [InlineData("soon", null)]
    [InlineData("0", 0.0)]
    [InlineData("1e9", 86400.0)]
    [InlineData("Fri, 31 Dec 9999 23:59:59 GMT", 86400.0)]
    [InlineData("Wed, 31 Dec 1969 00:00:00 GMT", 0.0)]
    public void Case14_RetryAfterOutOfReason_IsBetweenNothingAndADay(string value, double? seconds) =>
        (RetryDelay.Of(new InvalidOperationException("slow down") { Data = { ["Retry-After"] = value } }, DateTimeOffset.UnixEpoch)?.TotalSeconds).Should().Be(seconds);

    [Theory]
    [InlineData(400, "input length and `max_tokens` exceed context limit: 188240 + 21333 > 200000", FailureKind.ContextLength)]
    [InlineData(400, "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).", FailureKind.ContextLength)]
    [InlineData(400, "ValidationException: Input is too long for requested model.", FailureKind.ContextLength)]
    [InlineData(400, "This model's maximum prompt length is 131072 but the request contains 140000 tokens.", FailureKind.ContextLength)]
    [InlineData(422, "Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4096", FailureKind.ContextLength)]
    [InlineData(500, "the request exceeds the available context size, try increasing it", FailureKind.ContextLength)]
    [InlineData(429, "Request too large for gpt-4o on tokens per min (TPM): Limit 30000, Requested 32000.", FailureKind.ContextLength)]
    [InlineData(429, "Rate limit reached for gpt-4o on tokens per min (TPM)", FailureKind.RateLimit)]
    [InlineData(403, "userRateLimitExceeded", FailureKind.RateLimit)]
    [InlineData(403, "Your chosen model requires moderation and your input was flagged", FailureKind.ContentFilter)]
    [InlineData(403, "You do not have access to this model", FailureKind.Authentication)]
    [InlineData(400, "API key not valid. Please pass a valid API key.", FailureKind.Authentication)]
    [InlineData(529, "Overloaded", FailureKind.Overload)]
    [InlineData(408, "", FailureKind.Timeout)]
    [InlineData(null, "Status(StatusCode=\"ResourceExhausted\", Detail=\"\")", FailureKind.RateLimit)]
    [InlineData(null, "The model is currently at capacity.", FailureKind.Overload)]
    [InlineData(null, "Refusal I cannot talk about my context window", FailureKind.ContentFilter)]
    public void Case14_WordingOfAProvider_IsTheClassThatItMeans(int? status, string message, FailureKind kind) =>
        FailureClassifier.Classify(status is { } code ? new HttpRequestException(message, null, (HttpStatusCode)code) : new InvalidOperationException(message)).Should().Be(kind);

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task Case14_PromptThatIsTooLongForAServerThatSaysSoWith500_DoesNotOpenItsCircuit(Mode mode)
    {
        await using ProviderServer server = await ProviderServer.StartAsync();
        IChatClient client = Mix.Of(
            server.Client("small", e => e.FailAsync(HttpStatusCode.InternalServerError, "the request exceeds the available context size")),
            server.Client("large", e => e.AnswerAsync("fine")),
            mix => mix.WithoutVerification());

        for (int i = 0; i < 4; i++)
        {
            (await client.AskAsync(mode, "?")).Record().Attempts[0].Failure.Should().Be(FailureKind.ContextLength);
        }
    }

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task Case14_RetryAfterAsADateOnAnOverload_IsHonouredToo(Mode mode)
    {
        await using ProviderServer server = await ProviderServer.StartAsync();
        var time = new FakeTimeProvider(new(2025, 1, 1, 0, 0, 0, TimeSpan.Zero));
        IChatClient client = Mix.Of(
            server.Client("small", e => e.FailAsync(HttpStatusCode.ServiceUnavailable, "down", retryAfter: "Wed, 01 Jan 2025 00:01:00 GMT")),
            server.Client("large", e => e.AnswerAsync("fine")),
            mix => mix.UseTimeProvider(time));

        await client.AskAsync(mode, "?");
        time.Advance(TimeSpan.FromSeconds(59));
        await client.AskAsync(mode, "?");
        server.CallsOf("small").Should().Be(1);
        time.Advance(TimeSpan.FromSeconds(2));
        await client.AskAsync(mode, "?");
        server.CallsOf("small").Should().Be(2);
    }

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task Case14_RateLimitInsideAnAnswer_IsOneToo(Mode mode)
    {
        var time = new FakeTimeProvider();
        var small = new ScriptedClient(_ => Reply.Of(new ErrorContent("Rate limit reached, try again in 30s") { ErrorCode = "rate_limit_exceeded" }));
        IChatClient client = Mix.Of(small, Answering("fine"), mix => mix.UseTimeProvider(time));

        for (int i = 0; i < 3; i++)
        {
            (await client.AskAsync(mode, "?")).Text.Should().Be("fine");
        }

        small.Calls.Should().HaveCount(1);
    }

    [Theory, InlineData(Mode.Whole, false), InlineData(Mode.Streaming, false), InlineData(Mode.Streaming, true)]
    public async Task Case14_RefusalsOfAModelThatIsWell_FailOverAndDoNotOpenItsCircuit(Mode mode, bool final)
    {
        var small = new ScriptedClient(_ => Reply.Of(new ErrorContent("I'm sorry, I cannot assist with that request.") { ErrorCode = "Refusal" }));
        IChatClient client = Mix.Of(small, Answering("fine"), mix => mix.RouteWith((state, _) => new(
            state.CanCall(0) ? RoutingDecision.Call(0, final) : RoutingDecision.Call(1, final: true))));

        for (int i = 0; i < 5; i++)
        {
            ChatResponse response = await client.AskAsync(mode, "?");
            response.Text.Should().Be("fine");
            response.Record().Attempts[0].Failure.Should().Be(FailureKind.ContentFilter);
        }

        small.Calls.Should().HaveCount(5);
    }

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task Case14_RateLimitOfTheVerifyingCalls_LeavesTheModelAloneToo(Mode mode)
    {
        var time = new FakeTimeProvider();
        var small = new ScriptedClient(call => call.IsVerification ? throw new HttpRequestException("try again in 30s", null, HttpStatusCode.TooManyRequests) : Reply.Of("small"));
        IChatClient client = Mix.Of(small, Answering("fine"), mix => mix.UseTimeProvider(time));

        await client.AskAsync(mode, "?");
        int calls = small.Calls.Count;
        await client.AskAsync(mode, "?");

        small.Calls.Should().HaveCount(calls);
    }

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task Case15_ProviderThatCancelsByItself_IsNotTheCaller(Mode mode)
    {
        using var caller = new CancellationTokenSource();
        ScriptedClient small = Failing(() => new OperationCanceledException("the connection pool was shut down"));
        ChatResponse response = await Mix.Of(small, Answering("fine")).AskAsync(mode, "?", null, caller.Token);

        response.Text.Should().Be("fine");
    }

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task Case15_TimeLimitOfAVerifyingCall_IsUnknownAndNotACancellation(Mode mode)
    {
        var time = new FakeTimeProvider();
        var small = new ScriptedClient(async (call, token) =>
        {
            if (call.IsVerification)
            {
                Task never = Task.Delay(Timeout.Infinite, token);
                time.Advance(TimeSpan.FromSeconds(3));
                await never;
            }

            return Reply.Of("small");
        });
        ChatResponse response = await Mix.Of(small, Answering("fine"), mix => mix.UseTimeProvider(time).Configure(o => (o.AttemptTimeout, o.Deadline) = (TimeSpan.FromSeconds(2), null)).VerifyWith(Verifiers.SelfVerification(1))).AskAsync(mode, "?");

        response.Text.Should().Be("fine");
        response.Record().Attempts[0].Verdicts.Single().Kind.Should().Be(VerdictKind.Unknown);
    }

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task Case15_CancellationDuringAVerification_IsTheCallersAndItsCostIsBooked(Mode mode)
    {
        using var caller = new CancellationTokenSource();
        var small = new ScriptedClient(async (call, _) =>
        {
            if (call.IsVerification)
            {
                await caller.CancelAsync();
                await Task.Delay(Timeout.Infinite, CancellationToken.None); // ignores its token
            }

            return Reply.Of("small");
        });
        var ledger = new InMemoryBudgetLedger([BudgetLimit.PerHour(10)]);
        IChatClient client = Mix.Of(small, Answering("large"), mix => mix.UseBudget(ledger));
        Func<Task> ask = () => client.AskAsync(mode, "?", null, caller.Token);

        (await ask.Should().ThrowAsync<OperationCanceledException>()).Which.CancellationToken.Should().Be(caller.Token);
        ledger.OpenReservations.Should().Be(0);
        ledger.Committed("").Should().Be(client.GetService<RoutingRecord>()!.Cost).And.BeGreaterThan(0.00002m, "an answer, and two votes at their estimates");
    }

    [Theory]
    [InlineData(Mode.Whole, "<think>Paris? Or Lyon? I should")]
    [InlineData(Mode.Streaming, "<think>Paris? Or Lyon? I should")]
    [InlineData(Mode.Whole, "\n<think>\nIt is Paris.\n</think>\n\n")]
    [InlineData(Mode.Streaming, "\n<think>\nIt is Paris.\n</think>\n\n")]
    [InlineData(Mode.Whole, "\u3164\u2800\u115f")]
    [InlineData(Mode.Whole, "\ufe0f\u0301 \U000E0041")]
    public async Task Case16_TextThatHoldsNothingForTheUser_IsRejectedWithoutAVerifierCall(Mode mode, string text)
    {
        ScriptedClient small = Mix.Model(text);
        ChatResponse response = await Mix.Of(small, Answering("Paris")).AskAsync(mode, "?");

        response.Text.Should().Be("Paris");
        small.Verifications.Should().BeEmpty();
        response.Record().Attempts[0].Status.Should().Be(AttemptStatus.Unusable);
    }

    [Theory, InlineData("<think>Hm.</think>Paris"), InlineData("<b>Paris</b>"), InlineData("e\u0301"), InlineData("👍")]
    public async Task Case16_TextThatHoldsSomething_IsAnAnswer(string text) =>
        (await Mix.Of(Answering(text), Answering("large"), mix => mix.WithoutVerification()).GetResponseAsync("?")).Text.Should().Be(text);

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task Case16_UsageAndNothingElse_IsEmpty(Mode mode)
    {
        var small = new ScriptedClient(_ => Reply.Of(new UsageContent(new() { OutputTokenCount = 7 })));
        ChatResponse response = await Mix.Of(small, Answering("fine")).AskAsync(mode, "?");

        response.Text.Should().Be("fine");
    }

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task Case17_CallbackOfTheApplicationThatThrows_DoesNotReplaceTheRealError(Mode mode)
    {
        var ledger = new InMemoryBudgetLedger([BudgetLimit.PerHour(10)]);
        IChatClient client = Mix.Of(Failing(() => new HttpRequestException("the real error", null, HttpStatusCode.BadGateway)), Answering("fine"), mix => mix
            .UseBudget(ledger)
            .OnFailure(classify: _ => throw new InvalidCastException("classifying"))
            .OnFailure(_ => throw new InvalidCastException("reacting")));

        ChatResponse response = await client.AskAsync(mode, "?");

        response.Text.Should().Be("fine");
        response.Record().Attempts[0].Failure.Should().Be(FailureKind.Overload);
        ledger.OpenReservations.Should().Be(0);
    }

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task Case17_TenantThatCannotBeTold_IsRefusedAndTheAnswerSoFarKept(Mode mode)
    {
        int asked = 0;
        IChatClient client = Mix.Of(Answering("small"), Answering("large"), mix => mix
            .Distrust("small")
            .Configure(o => o.Budgets.Add(BudgetLimit.PerHour(10)))
            .TenantFrom(_ => ++asked > 1 ? throw new KeyNotFoundException("no tenant") : "a"));

        ChatResponse response = await client.AskAsync(mode, "?");

        response.Text.Should().Be("small");
        response.Record().Limit.Should().Be(LimitKind.Budget);
    }

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task Case17_AnswerThatOnlyFailedItsChecks_BeatsTheErrorOfTheNextTier(Mode mode)
    {
        IChatClient client = Mix.Of(Answering("small"), Failing(() => new HttpRequestException("down")), mix => mix.VerifyWith(Verifiers.Matches("^never$")));
        ChatResponse response = await client.AskAsync(mode, "?");

        response.Text.Should().Be("small");
        response.Record().Outcome.Should().Be(RoutingOutcome.Abstained);
    }
}
