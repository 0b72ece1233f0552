using Microsoft.Extensions.AI;
using Microsoft.Extensions.Time.Testing;
using static AutoMix.Tests.ScriptedClient;

namespace AutoMix.Tests.Telemetry;

/// <summary>Each instrument: its unit, its value, its tags.</summary>
public class MetricsTests
{
    /// <summary>Calls the first model, verifies its answer, calls the second, accepts that.</summary>
    private static ValueTask<RoutingDecision> Escalate(RoutingView state, CancellationToken cancellationToken) => new(
        state.Attempts.Count == 0 ? RoutingDecision.Call(0)
        : state.Attempts.Count == 1 && state.Attempts[0].CanVerify ? RoutingDecision.Verify(state.Attempts[0])
        : state.Attempts.Count == 1 ? RoutingDecision.Call(1)
        : RoutingDecision.Accept(state.Attempts[1]));

    private static IChatClient Of(string id, IChatClient small, IChatClient large, Action<AutoMixBuilder>? configure = null, ModelPrice? priceOfLarge = null) => small.AsBuilder().UseAutoMix(mix =>
    {
        mix.FirstModel($"{id}-small").AddModel($"{id}-large", large, priceOfLarge).RouteWith(Escalate, $"{id}-policy");
        configure?.Invoke(mix);
    }).Build();

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task Metrics_EscalatedRequest_SayWhatHappened(Mode mode)
    {
        string id = $"escalated-{mode}";
        var time = new FakeTimeProvider();
        Reply After(double seconds, Reply reply)
        {
            time.Advance(TimeSpan.FromSeconds(seconds));
            return reply;
        }

        var small = new ScriptedClient(call => call.IsVerification ? After(1, Reply.Of("Verification Decision: Incorrect", 100, 3)) : After(2, Reply.Of("wrong")));
        var large = new ScriptedClient(_ => After(4, Reply.Of("right", 20, 7)));
        using var measured = new Measurements();
        IChatClient client = Of(id, small, large, mix => mix
            .FirstModel(price: Mix.SmallPrice).VerifyWith(Verifiers.SelfVerification(samples: 1)).UseTimeProvider(time), Mix.LargePrice);

        RoutingRecord record = (await client.AskAsync(mode, "?")).Record();

        Measurement requests = measured.Of("automix.requests", "automix.policy", $"{id}-policy").Should().ContainSingle().Which;
        (requests.Value, requests.Unit, requests.Tags["automix.outcome"]).Should().Be((1, "{request}", "Accepted"));
        Measurement duration = measured.Of("automix.request.duration", "automix.policy", $"{id}-policy").Should().ContainSingle().Which;
        (duration.Value, duration.Unit, duration.Tags["automix.outcome"]).Should().Be((7, "s", "Accepted"));
        Measurement escalations = measured.Of("automix.escalations", "automix.policy", $"{id}-policy").Should().ContainSingle().Which;
        (escalations.Value, escalations.Unit).Should().Be((1, "{call}"));

        Measurement rejected = measured.Of("automix.answers", "automix.model", $"{id}-small").Should().ContainSingle().Which;
        (rejected.Value, rejected.Unit, rejected.Tags["automix.accepted"]).Should().Be((1, "{answer}", false));
        measured.Of("automix.answers", "automix.model", $"{id}-large").Should().ContainSingle().Which.Tags["automix.accepted"].Should().Be(true);
        Measurement attempt = measured.Of("automix.attempt.duration", "automix.model", $"{id}-small").Should().ContainSingle().Which;
        (attempt.Value, attempt.Unit, attempt.Tags["automix.status"]).Should().Be((2, "s", "Answered"));
        measured.Of("automix.attempt.duration", "automix.model", $"{id}-large").Should().ContainSingle().Which.Value.Should().Be(4);

        Measurement confidence = measured.Of("automix.verifier.confidence", "automix.model", $"{id}-small").Should().ContainSingle().Which;
        (confidence.Value, confidence.Unit, confidence.Tags["automix.verifier"]).Should().Be((0, "1", record.Attempts[0].Verdicts[0].Verifier));

        Measurement[] ofSmall = measured.Of("automix.cost", "automix.model", $"{id}-small");
        ofSmall.Select(m => (m.Tags["automix.purpose"], m.Value)).Should().Equal(
            ("answer", (double)Mix.SmallPrice.CostOf(10, 5)),
            ("verification", (double)Mix.SmallPrice.CostOf(100, 3)));
        ofSmall.Should().OnlyContain(m => m.Unit == "{USD}");
        Measurement[] costs = [.. ofSmall, .. measured.Of("automix.cost", "automix.model", $"{id}-large")];
        costs.Sum(m => m.Value).Should().BeApproximately((double)record.Cost, 1e-12);
        Measurement saved = measured.Of("automix.cost.saved", "automix.policy", $"{id}-policy").Should().ContainSingle().Which;
        (saved.Unit, saved.Value).Should().Be(("{USD}", (double)(Mix.LargePrice.CostOf(20, 7) - record.Cost)), "the largest alone would have been cheaper here");
    }

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task Metrics_VerdictThatSaysNothing_IsCounted(Mode mode)
    {
        string id = $"unknown-{mode}";
        using var measured = new Measurements();
        await Of(id, Answering("a"), Answering("b"), mix => mix.VerifyWith((_, _) => new(Verdict.Unknown("no idea")), id)).AskAsync(mode, "?");

        Measurement unknown = measured.Of("automix.verifier.unknown", "automix.model", $"{id}-small").Should().ContainSingle().Which;
        (unknown.Value, unknown.Unit, unknown.Tags["automix.verifier"]).Should().Be((1, "{verdict}", id));
        measured.Of("automix.verifier.confidence", "automix.model", $"{id}-small").Should().BeEmpty();
    }

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task Metrics_RequestThatFails_IsCountedWithItsOutcome(Mode mode)
    {
        string id = $"failed-{mode}";
        using var measured = new Measurements();
        IChatClient client = Of(id, Failing(() => new InvalidOperationException("no")), Failing(() => new InvalidOperationException("no")));
        await client.Invoking(c => c.AskAsync(mode, "?")).Should().ThrowAsync<NoUsableAnswerException>();

        measured.Of("automix.requests", "automix.policy", $"{id}-policy").Should().ContainSingle().Which.Tags["automix.outcome"].Should().Be("Failed");
        measured.Of("automix.answers", "automix.model", $"{id}-small").Should().BeEmpty();
        measured.Of("automix.attempt.duration", "automix.model", $"{id}-small").Should().ContainSingle().Which.Tags["automix.status"].Should().Be("Failed");
    }

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task Metrics_ModelWithoutAPrice_HasNoCostRatherThanNone(Mode mode)
    {
        string id = $"unpriced-{mode}";
        using var measured = new Measurements();
        IChatClient client = Of(id, Answering("a"), Answering("b"), mix => mix.WithoutVerification(), Mix.LargePrice);
        RoutingRecord record = (await client.AskAsync(mode, "?")).Record();

        record.Spend.IsIncomplete.Should().BeTrue();
        measured.Of("automix.cost", "automix.model", $"{id}-small").Should().BeEmpty();
        measured.Of("automix.cost", "automix.model", $"{id}-large").Should().ContainSingle();
        measured.Of("automix.cost.saved", "automix.policy", $"{id}-policy").Should().BeEmpty("what is not known cannot be compared");
    }

    [Fact]
    public async Task Metrics_ReaderThatStopsALiveStream_StillCountTheCallAndItsCost()
    {
        const string id = "abandoned";
        using var measured = new Measurements();
        var small = new ScriptedClient(_ => Reply.Of(new TextContent("one "), new TextContent("two ")));
        IChatClient client = small.AsBuilder().UseAutoMix(mix => mix
            .FirstModel($"{id}-small", Mix.SmallPrice)
            .RouteWith((_, _) => new(RoutingDecision.Call(0, final: true)), $"{id}-policy")).Build();
        await foreach (ChatResponseUpdate update in client.GetStreamingResponseAsync("?"))
        {
            break;
        }

        measured.Of("automix.requests", "automix.policy", $"{id}-policy").Should().ContainSingle().Which.Tags["automix.outcome"].Should().Be("Cancelled");
        measured.Of("automix.cost", "automix.model", $"{id}-small").Should().ContainSingle().Which.Value
            .Should().BePositive().And.Be((double)client.GetService<RoutingRecord>()!.Cost);
    }
}
