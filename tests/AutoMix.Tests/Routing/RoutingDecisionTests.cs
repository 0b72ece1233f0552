namespace AutoMix.Tests.Routing;

public class RoutingDecisionTests
{
    private static readonly RoutingAttempt Attempt = new(index: 0, model: 2, "large", isFinal: false);

    [Fact]
    public void Factories_SayWhatIsDoneAboutWhichModel()
    {
        RoutingDecision.Call(1, final: true, "sure").Should().BeEquivalentTo(new { Kind = CascadeActionKind.Call, Model = 1, IsFinal = true, Reason = "sure" });
        RoutingDecision.Call(1).IsFinal.Should().BeFalse();
        RoutingDecision.Verify(Attempt, "doubt").Should().BeEquivalentTo(new { Kind = CascadeActionKind.Verify, Model = 2, IsFinal = false, Reason = "doubt" });
        RoutingDecision.Accept(Attempt, "good").Should().BeEquivalentTo(new { Kind = CascadeActionKind.Accept, Model = 2, IsFinal = false, Reason = "good" });
        RoutingDecision.Abstain("none").Should().BeEquivalentTo(new { Kind = CascadeActionKind.Abstain, Model = -1, IsFinal = false, Reason = "none" });
        RoutingDecision.Accept(Attempt).Attempt.Should().BeSameAs(Attempt);
        RoutingDecision.Verify(Attempt).Attempt.Should().BeSameAs(Attempt);
    }

    [Fact]
    public void VerifyAndAccept_WithoutAnAttempt_Throw()
    {
        ((Action)(() => RoutingDecision.Verify(null!))).Should().Throw<ArgumentNullException>();
        ((Action)(() => RoutingDecision.Accept(null!))).Should().Throw<ArgumentNullException>();
    }

    [Fact]
    public void Default_IsNoneOfTheKinds() => ((int)default(RoutingDecision).Kind).Should().Be(-1);
}
