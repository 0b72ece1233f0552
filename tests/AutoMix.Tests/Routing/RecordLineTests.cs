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
            Cost = 0.0006m,
            Duration = TimeSpan.FromSeconds(1.5),
            Reason = "the confidence reaches the threshold",
            Attempts =
            [
                new()
                {
                    Model = "small",
                    Status = AttemptStatus.Answered,
                    Cost = 0.0001m,
                    Verdicts =
                    [
                        new() { Verifier = "self", Kind = VerdictKind.Confidence, Confidence = 0.875, Cost = 0.0005m },
                        new() { Verifier = "length", Kind = VerdictKind.Unknown, Reason = "no words", IsFree = true },
                    ],
                },
            ],
        };

        record.ToString().Should().Be(
            "Accepted: small, $0.0006 in 1.5 s [small: Answered, $0.0001, self 0.88 for $0.0005, length Unknown (no words)] (the confidence reaches the threshold)");
    }
}
