using Microsoft.Extensions.AI;

namespace AutoMix.Tests.Failures;

/// <summary>What handles the pipeline's exceptions can be tested without a pipeline.</summary>
public sealed class ExceptionTests
{
    [Fact]
    public void Constructor_OfATest_CarriesWhatItIsGiven()
    {
        var record = new RoutingRecord { Policy = "mine" };
        var answer = new ChatResponse(new ChatMessage(ChatRole.Assistant, "half"));
        var cause = new TimeoutException();

        AutoMixException[] made = [new NoUsableAnswerException("none", record, [], answer, cause), new StreamInterruptedException("none", record, [], answer, cause)];

        made.Should().AllSatisfy(e =>
        {
            (e.Message, e.Record, e.BestAnswer, e.InnerException).Should().Be(("none", record, answer, cause));
            e.Attempts.Should().BeEmpty();
        });
    }

    [Fact]
    public void Constructor_WithoutARecord_NamesIt()
    {
        Action make = () => _ = new NoUsableAnswerException("none", null!, [], null, null);
        make.Should().Throw<ArgumentNullException>().WithParameterName("record");
    }
}
