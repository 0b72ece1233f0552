namespace AutoMix.Core.Tests.Cascades;

public sealed class CascadeHistoryTests
{
    [Fact]
    public void RecordAnswer_Agreeing_JoinsTheGroup()
    {
        var history = new CascadeHistory(3);
        history.RecordAnswer(2);
        history.RecordAnswer(0);
        history.RecordAnswer(1, agreesWith: 2);
        new[] { history.Group(0), history.Group(1), history.Group(2) }.Should().Equal(1, 0, 0);
        history.AnswerCount.Should().Be(3);
    }

    [Fact]
    public void Reset_AfterUse_IsAsNew()
    {
        var history = new CascadeHistory(2) { RequestKey = 7, InputTokens = 9, Embedding = new float[3] };
        history.RecordAnswer(0);
        history.RecordAnswerKey(0, 5);
        history.RecordConfidence(0, 0.5);
        history.Exclude(1);
        history.Reset();
        history.IsCalled(0).Should().BeFalse();
        history.IsExcluded(1).Should().BeFalse();
        history.Confidence(0).Should().Be(double.NaN);
        history.RequestKey.Should().Be(0);
        history.InputTokens.Should().Be(0);
        history.Embedding.IsEmpty.Should().BeTrue();
        history.AnswerCount.Should().Be(0);
        history.AnswerKey(0).Should().Be(0);
        history.Group(0).Should().Be(-1);
        history.RecordAnswer(0);
        history.Group(0).Should().Be(0);
        history.CanVerify(0).Should().BeTrue();
    }

    [Fact]
    public void RecordUnknown_ClosesVerificationWithoutAConfidence()
    {
        var history = new CascadeHistory(1);
        history.RecordAnswer(0);
        history.RecordUnknown(0);
        history.CanVerify(0).Should().BeFalse();
        history.Confidence(0).Should().Be(double.NaN);
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1.1)]
    [InlineData(double.NaN)]
    public void RecordConfidence_OutOfRange_IsRefusedAndUnknownIsNamed(double confidence)
    {
        var history = new CascadeHistory(1);
        history.RecordAnswer(0);
        ((Action)(() => history.RecordConfidence(0, confidence))).Should().Throw<ArgumentOutOfRangeException>().WithMessage("*RecordUnknown*");
    }

    [Fact]
    public void Record_OutOfOrder_IsRefused()
    {
        var history = new CascadeHistory(2);
        ((Action)(() => history.RecordConfidence(0, 0.5))).Should().Throw<InvalidOperationException>();
        ((Action)(() => history.RecordUnknown(0))).Should().Throw<InvalidOperationException>();
        ((Action)(() => history.RecordAnswerKey(0, 1))).Should().Throw<InvalidOperationException>();
        ((Action)(() => history.RecordAnswer(0, agreesWith: 1))).Should().Throw<InvalidOperationException>();
        history.CanVerify(0).Should().BeFalse("there is no answer to verify");
        history.RecordAnswer(0);
        ((Action)(() => history.RecordAnswer(0))).Should().Throw<InvalidOperationException>();
    }

    [Fact]
    public void RecordAnswer_AgreeingWithTheFirstModel_JoinsIt()
    {
        var history = new CascadeHistory(CascadeHistory.MaxModels);
        history.RecordAnswer(0);
        history.RecordAnswer(63, agreesWith: 0);
        history.Group(63).Should().Be(0);
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(1.0)]
    public void RecordConfidence_EndsOfTheRange_AreTaken(double confidence)
    {
        var history = new CascadeHistory(1);
        history.RecordAnswer(0);
        history.CanVerify(0).Should().BeTrue();
        history.RecordConfidence(0, confidence);
        history.Confidence(0).Should().Be(confidence);
        history.CanVerify(0).Should().BeFalse();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(65)]
    public void Constructor_ModelCountOutOfRange_IsRefused(int models) =>
        ((Action)(() => new CascadeHistory(models))).Should().Throw<ArgumentOutOfRangeException>();
}
