using Microsoft.Extensions.AI;
using static AutoMix.Tests.ScriptedClient;

namespace AutoMix.Tests.Routing;

public class RecordLineTests
{
    [Fact]
    public void ToString_OfARecord_NamesVerdictsTheirDollarsAndTheReason()
    {
        var record = new RoutingRecord
        {
            Outcome = RoutingOutcome.Accepted,
            Model = "small",
            Spend = new(0.0006m),
            Duration = TimeSpan.FromSeconds(1.5),
            Reason = "the confidence reaches the threshold",
            Attempts =
            [
                new()
                {
                    Model = "small",
                    Status = AttemptStatus.Answered,
                    Spend = new(0.0001m),
                    Verdicts =
                    [
                        new() { Verifier = "self", Kind = VerdictKind.Confidence, Confidence = 0.875, Spend = new(0.0005m) },
                        new() { Verifier = "length", Kind = VerdictKind.Unknown, Reason = "no words", IsFree = true },
                    ],
                },
            ],
        };

        record.ToString().Should().Be(
            "Accepted: small, $0.0006 in 1.5 s [small: Answered, $0.0001, self 0.88 for $0.0005, length Unknown (no words)] (the confidence reaches the threshold)");
    }

    [Theory]
    [InlineData(false, false, "$0.25")]
    [InlineData(true, false, "about $0.25")]
    [InlineData(true, true, "$0.25 and an unknown cost")]
    public void ToString_WithoutACall_NamesTheLimitAndHowSureTheDollarsAre(bool estimated, bool incomplete, string dollars)
    {
        var record = new RoutingRecord { Outcome = RoutingOutcome.LimitReached, Limit = LimitKind.Deadline, Spend = new(0.25m, estimated, incomplete) };
        record.ToString().Should().Be($"LimitReached (Deadline): no answer, {dollars} in 0 s [no calls]");
        (record with { Spend = new(0, isIncomplete: true) }).ToString().Should().Contain("unknown cost");
    }

    [Fact]
    public void TotalUsage_OfAnswersAndVerdicts_IsTheirSum()
    {
        var record = new RoutingRecord
        {
            Attempts =
            [
                new() { InputTokens = 10, OutputTokens = 2, Verdicts = [new() { InputTokens = 100, OutputTokens = 3 }] },
                new() { InputTokens = 20, OutputTokens = 4 },
                new(),
            ],
        };
        record.TotalUsage().Should().BeEquivalentTo(new { InputTokenCount = 130, OutputTokenCount = 9, TotalTokenCount = 139 });
        new RoutingRecord().TotalUsage().Should().BeNull();
        new RoutingRecord { Attempts = [new()] }.TotalUsage().Should().BeNull("nothing was reported");
    }

    [Fact]
    public void Empty_SaysNothing()
    {
        new RoutingRecord().Should().BeEquivalentTo(new { Policy = "", Fingerprint = "", Attempts = Array.Empty<object>(), Skipped = Array.Empty<object>() });
        new AttemptRecord().Should().BeEquivalentTo(new { Model = "", Verdicts = Array.Empty<object>() });
        new VerdictRecord().Verifier.Should().BeEmpty();
    }

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task Costs_SeveralEstimatedOrUnknownOnes_StaySo(Mode mode)
    {
        // No usage is reported, twice; and the large model has no price, twice.
        IChatClient client = new ScriptedClient(_ => new() { Contents = [new TextContent("small")] }).AsBuilder()
            .UseAutoMix(mix => mix.FirstModel("small", Mix.SmallPrice)
                .AddModel("middle", new ScriptedClient(_ => new() { Contents = [new TextContent("middle")] }), Mix.SmallPrice)
                .AddModel("large", Mix.Model("large")).AddModel("largest", Mix.Model("largest"))
                .RouteWith((state, _) => new(state.Attempts.Count < 4 ? RoutingDecision.Call(state.Attempts.Count) : RoutingDecision.Accept(state.Attempts[3]))))
            .Build();
        RoutingRecord record = (await client.AskAsync(mode, "?")).Record();
        record.Attempts.Should().HaveCount(4);
        record.Spend.IsEstimated.Should().BeTrue();
        record.Spend.IsIncomplete.Should().BeTrue();
    }
}
