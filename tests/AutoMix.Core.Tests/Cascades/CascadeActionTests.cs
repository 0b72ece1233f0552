namespace AutoMix.Core.Tests.Cascades;

public sealed class CascadeActionTests
{
    [Fact]
    public void ToString_EveryKind_SaysWhatIsDoneToWhichModel() =>
        new[] { CascadeAction.Call(2), CascadeAction.Call(1, final: true), CascadeAction.Verify(0), CascadeAction.Accept(3), CascadeAction.Abstain }
            .Select(action => action.ToString()).Should().Equal("Call(2)", "Call(1, final)", "Verify(0)", "Accept(3)", "Abstain");

    [Fact]
    public void Abstain_NoModel_IsMinusOne() => CascadeAction.Abstain.Should().Be(new CascadeAction(CascadeActionKind.Abstain, -1));

    [Fact]
    public void Add_TwoCosts_TermByTerm() =>
        (new CascadeCost(1, 20, 300) + new CascadeCost(2, 30, 400)).Should().Be(new CascadeCost(3, 50, 700));
}
