using Microsoft.Extensions.AI;
using static AutoMix.Tests.ScriptedClient;

namespace AutoMix.Tests.Routing;

/// <summary>The rule of the first day, decision by decision, with the reasons that the record gives.</summary>
public class DayOnePolicyTests
{
    private static async Task<RoutingRecord> AskAsync(Func<VerificationContext, Verdict> verdict, Action<AutoMixBuilder>? configure = null, bool isFree = false) =>
        (await Mix.Of(Answering("small"), Answering("large"), mix =>
        {
            mix.VerifyWith((answer, _) => new(verdict(answer)), "verifier", isFree: isFree);
            configure?.Invoke(mix);
        }).AskAsync(Mode.Whole, "?")).Record();

    [Theory]
    [InlineData(0.75, "small", "the confidence reaches the threshold")]
    [InlineData(0.7499, "large", null)]
    public async Task Confidence_ExactlyAtTheThreshold_IsAccepted(double confidence, string model, string? reason)
    {
        RoutingRecord record = await AskAsync(_ => confidence);
        record.Policy.Should().Be("threshold-uncalibrated");
        record.Model.Should().Be(model);
        if (reason is not null)
        {
            record.Reason.Should().Be(reason);
        }
        else
        {
            record.Decisions.Select(d => d.Reason).Should().Contain("the confidence is below the threshold");
        }
    }

    [Theory]
    [InlineData(UnknownVerdictAction.Accept, "small", "unknown is accepted")]
    [InlineData(UnknownVerdictAction.Escalate, "large", "the verdict is unknown")]
    public async Task UnknownVerdict_GoesWhereTheSettingSays(UnknownVerdictAction action, string model, string reason)
    {
        RoutingRecord record = await AskAsync(_ => Verdict.Unknown("silent"), mix => mix.Configure(o => o.UnknownVerdict = action));
        record.Model.Should().Be(model);
        record.Decisions.Select(d => d.Reason).Should().Contain(reason);
    }

    [Fact]
    public async Task NothingToVerifyWith_IsAcceptedAndSaysSo()
    {
        RoutingRecord record = (await Mix.Of(Answering("small"), Answering("large"), mix => mix.WithoutVerification()).AskAsync(Mode.Whole, "?")).Record();
        record.Model.Should().Be("small");
        record.Reason.Should().Be("nothing speaks against it, and nothing can be verified");
    }

    [Fact]
    public async Task LastModelBelowTheThreshold_IsReturnedWithoutBeingVouchedFor()
    {
        // A format was asked for, so that the last call is not promised in advance, and a free verifier doubts every answer.
        RoutingRecord record = (await Mix.Of(Answering("{}"), Answering("{}"), mix => mix.VerifyWith((_, _) => new(0.2), "doubt"))
            .AskAsync(Mode.Whole, "?", new() { ResponseFormat = ChatResponseFormat.Json })).Record();
        record.Outcome.Should().Be(RoutingOutcome.Abstained);
        record.Reason.Should().Be("no answer reached the threshold");
        record.Attempts.Should().HaveCount(2);
    }

    [Fact]
    public async Task LastModelThatNothingSpeaksAgainst_IsAccepted()
    {
        RoutingRecord record = (await Mix.Of(Answering("{}"), Answering("{}"), mix => mix.VerifyWith((answer, _) => new(answer.Model == "large" ? 0.9 : 0.2), "doubt"))
            .AskAsync(Mode.Whole, "?", new() { ResponseFormat = ChatResponseFormat.Json })).Record();
        record.Outcome.Should().Be(RoutingOutcome.Accepted);
        record.Reason.Should().Be("there is no other model");
    }

    [Fact]
    public async Task ToolCall_IsAcceptedUnverified()
    {
        AIFunction weather = AIFunctionFactory.Create(() => "rain", "weather");
        var small = new ScriptedClient(_ => Reply.Of(new FunctionCallContent("call-1", "weather")));
        RoutingRecord record = (await Mix.Of(small, Answering("large")).AskAsync(Mode.Whole, "?", new() { Tools = [weather] })).Record();
        record.Reason.Should().Be("a tool call is not verified");
    }

    [Fact]
    public async Task AllModelsFail_SaysThatNoneIsLeft()
    {
        Func<Task> asking = () => Mix.Of(Failing(() => new HttpRequestException("down")), Failing(() => new HttpRequestException("down"))).AskAsync(Mode.Whole, "?");
        (await asking.Should().ThrowAsync<NoUsableAnswerException>()).Which.Record.Reason.Should().Be("no model is left");
    }
}
