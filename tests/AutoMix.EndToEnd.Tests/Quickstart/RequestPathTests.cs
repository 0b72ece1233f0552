namespace AutoMix.Quickstart;

public sealed class RequestPathTests
{
    [Fact]
    public void Describe_TwoModelsAndAVerification_FollowsTheDecisions()
    {
        var record = new RoutingRecord
        {
            Attempts =
            [
                new() { Model = "small", Verdicts = [new() { Kind = VerdictKind.Confidence, Confidence = 0.4 }] },
                new() { Model = "large", AgreesWith = 0 },
            ],
            Decisions =
            [
                new() { Kind = CascadeActionKind.Call, Model = "small" },
                new() { Kind = CascadeActionKind.Call, Model = "large" },
                new() { Kind = CascadeActionKind.Verify, Model = "small" },
                new() { Kind = CascadeActionKind.Accept, Model = "large" },
            ],
        };

        RequestPath.Describe(record).Should().Be("small > large agrees > verify small 0.40");
    }

    [Fact]
    public void Describe_FailedCallAndUnknownVerdict_AreNamed()
    {
        var record = new RoutingRecord
        {
            Attempts =
            [
                new() { Model = "small", Failure = FailureKind.RateLimit },
                new() { Model = "large", Verdicts = [new() { Kind = VerdictKind.Unknown }] },
            ],
            Decisions =
            [
                new() { Kind = CascadeActionKind.Call, Model = "small" },
                new() { Kind = CascadeActionKind.Call, Model = "large" },
                new() { Kind = CascadeActionKind.Verify, Model = "large" },
            ],
        };

        RequestPath.Describe(record).Should().Be("small (RateLimit) > large > verify unknown");
    }
}
