using AutoMix.Tests.Telemetry;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;
using static AutoMix.Tests.ScriptedClient;

namespace AutoMix.Tests;

/// <summary>The table of bad input in docs/verification.md: each has a result, a reason, a count and a log line.</summary>
public sealed class BadInputTests
{
    private readonly FakeTimeProvider _time = new();

    [Theory]
    [InlineData("reply-parses-to-nothing", "There are 5 reasons ... 9", "none of 8 votes could be read", 8)]
    [InlineData("reply-2.0", "Verification Decision: 2.0", "none of 8 votes could be read", 8)]
    [InlineData("reply-NaN", "Verification Decision: NaN", "none of 8 votes could be read", 8)]
    [InlineData("reply-refusal", "I'm sorry, but I can't help with that.", "none of 8 votes could be read", 8)]
    [InlineData("reply-empty", "", "none of 8 votes could be read", 8)]
    public async Task Reply_ThatIsNoVerdict_IsUnknown(string model, string reply, string reason, int calls) =>
        await CheckAsync(model, new(call => Reply.Of(call.IsVerification ? reply : "small")), _ => { }, "self-verification", reason, calls);

    [Theory]
    [InlineData("own-2.0", 2.0, "2")]
    [InlineData("own-NaN", double.NaN, "NaN")]
    [InlineData("own-negative", -0.5, "-0.5")]
    [InlineData("own-infinite", double.NegativeInfinity, "-Infinity")]
    public async Task NumberOfAVerifier_OutsideTheUnitInterval_IsUnknown(string model, double said, string reason) =>
        await CheckAsync(model, Answering("small"), mix => mix.VerifyWith((_, _) => new(said), "own", isFree: false), "own", reason, 0);

    [Fact]
    public async Task Verifier_ThatThrows_IsUnknown() =>
        await CheckAsync("throws", Answering("small"), mix => mix.VerifyWith((_, _) => throw new FormatException("text of the request"), "own", isFree: false), "own", "the verifier failed with FormatException", 0);

    [Fact]
    public async Task Verifier_WhoseCallFails_IsUnknown() =>
        await CheckAsync("call-fails", new(call => call.IsVerification ? throw new HttpRequestException("no") : Reply.Of("small")), mix => mix.VerifyWith(Verifiers.SelfVerification(2)), "self-verification", "Overload", 1);

    [Fact]
    public async Task Verifier_ThatStalls_IsUnknownAfterTheTimeLimit() =>
        await CheckAsync("stalls", Answering("small"), mix => mix.Configure(o => (o.AttemptTimeout, o.Deadline) = (TimeSpan.FromSeconds(2), null)).VerifyWith(
            async (_, _) =>
            {
                _time.Advance(TimeSpan.FromSeconds(3));
                await Task.Delay(Timeout.Infinite, CancellationToken.None);
                return 1;
            },
            "own",
            isFree: false), "own", "the verification took too long", 0);

    [Theory]
    [InlineData("answer-image", "image/png", "a verification in text cannot show the image in the answer")]
    [InlineData("answer-audio", "audio/wav", "a verification in text cannot show the audio in the answer")]
    public async Task Answer_OfAnotherModality_IsUnknownWithoutACall(string model, string type, string reason) =>
        await CheckAsync(model, new(_ => Reply.Of(new DataContent(new byte[] { 1 }, type))), _ => { }, "self-verification", reason, 0);

    [Fact]
    public async Task Answer_ToBeComparedThatIsAnImage_IsUnknownWithoutACall() =>
        await CheckAsync("compared-image", new(_ => Reply.Of(new DataContent(new byte[] { 1 }, "image/png"))), mix => mix.VerifyWith(Verifiers.SelfConsistency(2)), "self-consistency", "the answer has no text to compare", 0);

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task Answer_OfToolCallsOnly_IsNeverShownToATextVerifier(Mode mode)
    {
        var small = new ScriptedClient(call => call.IsVerification ? throw new InvalidOperationException("asked") : Reply.Of(new FunctionCallContent("c", "look", new Dictionary<string, object?>())));
        RoutingRecord record = (await Mix.Of(small, Answering("large")).AskAsync(mode, "?", new ChatOptions { Tools = [AIFunctionFactory.Create(() => 1, "look")] })).Record();

        record.Attempts[0].Should().Match<AttemptRecord>(a => a.Kind == AnswerKind.ToolCall && a.Verdicts.Count == 0 && a.Confidence == null);
        record.Outcome.Should().Be(RoutingOutcome.Accepted);
        record.Reason.Should().Be("a tool call is not verified");
    }

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task Verifier_CancelledByTheCaller_CancelsTheRequestAndIsInTheRecord(Mode mode)
    {
        using var caller = new CancellationTokenSource();
        IChatClient client = Mix.Of(Answering("small"), Answering("large"), mix => mix.VerifyWith(
            async (_, token) =>
            {
                await caller.CancelAsync();
                token.ThrowIfCancellationRequested();
                return 1;
            },
            "own",
            isFree: false));
        Func<Task> ask = () => client.AskAsync(mode, "?", null, caller.Token);

        (await ask.Should().ThrowAsync<OperationCanceledException>()).Which.CancellationToken.Should().Be(caller.Token);
        client.GetService<RoutingRecord>()!.Attempts[0].Verdicts.Single().Should().Match<VerdictRecord>(v => v.Kind == VerdictKind.Unknown && v.Reason == "the caller cancelled");
    }

    private async Task CheckAsync(string model, ScriptedClient small, Action<AutoMixBuilder> configure, string verifier, string reason, int calls)
    {
        foreach (Mode mode in Enum.GetValues<Mode>())
        {
            foreach ((UnknownVerdictAction action, string answeredBy) in (IEnumerable<(UnknownVerdictAction, string)>)[(UnknownVerdictAction.Escalate, "large"), (UnknownVerdictAction.Accept, $"{model}-{mode}")])
            {
                using var measurements = new Measurements();
                var logs = new FakeLogCollector();
                using var factory = LoggerFactory.Create(b => b.AddProvider(new FakeLoggerProvider(logs)));
                IChatClient client = small.AsBuilder().UseAutoMix(mix =>
                {
                    mix.FirstModel($"{model}-{mode}").AddModel("large", Answering("large")).UseTimeProvider(_time).UseLoggerFactory(factory).Configure(o => (o.UnknownVerdict, o.Deadline) = (action, null));
                    configure(mix);
                }).Build();

                RoutingRecord record = (await client.AskAsync(mode, "?")).Record();

                VerdictRecord verdict = record.Attempts[0].Verdicts.Should().ContainSingle().Which;
                verdict.Verifier.Should().Be(verifier);
                verdict.Kind.Should().Be(VerdictKind.Unknown);
                verdict.Confidence.Should().BeNull();
                verdict.Reason.Should().Contain(reason).And.NotContain("text of the request");
                verdict.Calls.Should().Be(calls);
                record.Model.Should().Be(answeredBy, "what unknown means is an option");
                measurements.Of("automix.verifier.unknown", "automix.model", $"{model}-{mode}").Should().ContainSingle().Which.Tags["automix.verifier"].Should().Be(verifier);
                logs.GetSnapshot().Should().ContainSingle(l => l.Level == LogLevel.Warning && l.Message.Contains("said nothing usable") && l.Message.Contains($"{model}-{mode}"));
            }
        }
    }
}
