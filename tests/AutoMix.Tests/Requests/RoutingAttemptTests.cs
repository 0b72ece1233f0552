using Microsoft.Extensions.AI;

namespace AutoMix.Tests.Routing;

public class RoutingAttemptTests
{
    private static RoutingAttempt Answered(string text) =>
        new(0, 0, "small", isFinal: false) { Result = new() { Status = AttemptStatus.Answered, Response = new(new ChatMessage(ChatRole.Assistant, text)) } };

    private static VerdictRecord Free(Verdict verdict) => new("check", verdict);

    private static VerdictRecord Paid(Verdict verdict, decimal cost) => new("votes", verdict, 1, null, new(cost));

    [Fact]
    public void Confidence_OfFreeVerdicts_IsTheLowest()
    {
        RoutingAttempt attempt = Answered("a");
        attempt.Confidence.Should().BeNull();
        attempt.Add(Free(0.6));
        attempt.Add(Free(0.4));
        attempt.Add(Free(0.9));
        attempt.Confidence.Should().Be(0.4);
    }

    [Fact]
    public void Confidence_OfPaidVerdicts_IsTheLastWhateverTheFreeOnesSay()
    {
        RoutingAttempt attempt = Answered("a");
        attempt.Add(Free(0.1));
        attempt.Add(Paid(0.7, 0.002m));
        attempt.Add(Paid(0.8, 0.003m));
        attempt.Confidence.Should().Be(0.8);
        attempt.Add(Free(0.2));
        attempt.Confidence.Should().Be(0.8, "a free verdict does not undo one that was paid for");
        attempt.VerificationCost.Should().Be(0.005m);
        attempt.Verdicts.Should().Contain(v => !v.IsFree);
        attempt.Verdicts.Should().HaveCount(4);
    }

    [Fact]
    public void Confidence_OfVerdictsThatSayNothing_StaysUnknown()
    {
        RoutingAttempt attempt = Answered("a");
        attempt.Add(Free(Verdict.Pass()));
        attempt.Add(Paid(Verdict.Unknown("silent"), 0.001m));
        attempt.Confidence.Should().BeNull();
        attempt.Add(Free(0.3));
        attempt.Confidence.Should().BeNull("once a verdict was paid for, free ones do not speak for it");
    }

    [Theory]
    [InlineData(AttemptStatus.Answered, true)]
    [InlineData(AttemptStatus.Rejected, false)]
    [InlineData(AttemptStatus.Failed, false)]
    public void IsUsable_OnlyAnAnswerThatIsNotRejected(AttemptStatus status, bool usable)
    {
        RoutingAttempt attempt = Answered("a");
        attempt.Result = attempt.Result with { Status = status };
        attempt.IsUsable.Should().Be(usable);
    }

    [Fact]
    public void AnswerKey_SameAnswerInOtherCase_IsTheSameAndNothingHasNone()
    {
        Answered("Paris.").AnswerKey.Should().Be(Answered("paris").AnswerKey).And.NotBe(0);
        Answered("Rome").AnswerKey.Should().NotBe(Answered("Paris").AnswerKey);
        Answered("  ").AnswerKey.Should().Be(0);
        new RoutingAttempt(0, 0, "small", false).Text.Should().BeEmpty();
    }

    [Fact]
    public void ToString_NamesTheRejectionElseTheError()
    {
        RoutingAttempt attempt = Answered("a");
        attempt.ToString().Should().Be("small: Answered");
        attempt.Result = attempt.Result with { Error = new TimeoutException("slow") };
        attempt.ToString().Should().Be("small: Answered (slow)");
        attempt.Result = attempt.Result with { Rejection = "not JSON" };
        attempt.ToString().Should().Be("small: Answered (not JSON)");
    }
}
