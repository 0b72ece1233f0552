using System.Text.Json;
using Microsoft.Extensions.AI;
using static AutoMix.Tests.ScriptedClient;

namespace AutoMix.Tests;

public sealed class RuleTests
{
    public static TheoryData<string, string, VerdictKind> Cases => new()
    {
        { "length", "four", VerdictKind.Passed },
        { "length", "", VerdictKind.Rejected },
        { "length", "much too long for this", VerdictKind.Rejected },
        { "matches", "A-17", VerdictKind.Passed },
        { "matches", "17", VerdictKind.Rejected },
        { "does-not-match", "fine", VerdictKind.Passed },
        { "does-not-match", "TODO", VerdictKind.Rejected },
        { "no-refusal", "I can't help with that.", VerdictKind.Rejected },
        { "no-refusal", "I\u2019m sorry, but I can\u2019t do this.", VerdictKind.Rejected },
        { "no-refusal", "**As an AI language model, I** cannot say.", VerdictKind.Rejected },
        { "no-refusal", "The button says: 'Cancel'. You can't undo it.", VerdictKind.Passed },
        { "no-refusal", "Eight.", VerdictKind.Passed },
        { "no-hedging", "Eight. I'm not sure, though.", VerdictKind.Rejected },
        { "no-hedging", "Eight, I think.", VerdictKind.Rejected },
        { "no-hedging", "People who say I think so often are polite.", VerdictKind.Passed },
        { "json-schema", """{"legs": 8}""", VerdictKind.Passed },
        { "json-schema", """{"legs": "eight"}""", VerdictKind.Rejected },
        { "json-schema", "eight", VerdictKind.Rejected },
        { "own", "eight!", VerdictKind.Rejected },
        { "own", "eight", VerdictKind.Passed },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Verify_Answer_IsRejectedOrPasses(string rule, string answer, VerdictKind expected)
    {
        IVerifier verifier = rule switch
        {
            "length" => Verifiers.Length(1, 10),
            "matches" => Verifiers.Matches(@"^[A-Z]-\d+$"),
            "does-not-match" => Verifiers.DoesNotMatch("TODO"),
            "no-refusal" => Verifiers.NoRefusal(),
            "no-hedging" => Verifiers.NoHedging(),
            "json-schema" => Verifiers.FollowsSchema(JsonElement.Parse("""{"type":"object","properties":{"legs":{"type":"integer"}},"required":["legs"]}""")),
            _ => Verifiers.Rule(context => context.Text.Contains('!') ? "no shouting" : null, "own"),
        };

        Verdict verdict = await verifier.OfAsync(answer);

        verifier.IsFree.Should().BeTrue();
        verifier.Name.Should().Be(rule);
        verdict.Kind.Should().Be(expected);
        (verdict.Reason is not null).Should().Be(expected == VerdictKind.Rejected);
    }

    [Fact]
    public async Task Verify_PatternThatTakesForever_IsUnknown() =>
        (await Verifiers.Matches("^(a+)+$").OfAsync(new string('a', 40) + "!")).Kind.Should().Be(VerdictKind.Unknown);

    [Theory]
    [InlineData("The pump ran from May to July.", VerdictKind.Passed)]
    [InlineData("Completely unrelated words about weather patterns.", VerdictKind.Rejected)]
    [InlineData("The note says \"the pump ran from May\" and no more than that.", VerdictKind.Passed)]
    [InlineData("The note says \"the pump broke in May\" and the pump ran from May to July.", VerdictKind.Rejected)]
    [InlineData("\u201Cthe pump ran from may to july\u201D", VerdictKind.Passed)]
    [InlineData("...", VerdictKind.Unknown)]
    public async Task Grounding_Answer_MustBeInTheContext(string answer, VerdictKind expected)
    {
        VerificationContext context = Asked.Context(answer, messages: [new(ChatRole.System, "Note: the pump ran from May to July."), new(ChatRole.User, "When did it run?")]);

        (await Verifiers.Grounding().OfAsync(context)).Kind.Should().Be(expected);
    }

    [Fact]
    public async Task Grounding_AsConfidence_IsTheShareOfPieces()
    {
        VerificationContext context = Asked.Context("one two six", messages: [new(ChatRole.User, "one two three")]);

        (await Verifiers.Grounding(o => o.AsConfidence = true).OfAsync(context)).Confidence.Should().Be(0.5);
    }

    [Fact]
    public async Task Rule_InThePipeline_RejectsFirstAndCostsNothing()
    {
        ScriptedClient small = ScriptedClient.Answering("I can't help with that.");
        using AutoMixChatClient client = new AutoMixBuilder(small).AddModel("large", ScriptedClient.Answering("Eight.")).VerifyWith(Verifiers.NoRefusal()).WithoutVerification().Build();

        ChatResponse response = await client.GetResponseAsync("How many legs has a spider?");

        response.Text.Should().Be("Eight.");
        small.Verifications.Should().BeEmpty();
        response.GetRoutingRecord()!.Attempts[0].Verdicts[0].Kind.Should().Be(VerdictKind.Rejected);
    }

    [Fact]
    public async Task Rule_ThatHoldsInThePipeline_IsNoReasonToAcceptAndNoUnknown()
    {
        ScriptedClient small = new(call => call.IsVerification ? Reply.Of("Verification Decision: Incorrect", 1, 1) : Reply.Of("Six.", 1, 1));
        using AutoMixChatClient client = new AutoMixBuilder(small)
            .AddModel("large", ScriptedClient.Answering("Eight."))
            .VerifyWith(Verifiers.NoRefusal())
            .VerifyWith(Verifiers.SelfVerification())
            .Build();

        (await client.GetResponseAsync("How many legs has a spider?")).Text.Should().Be("Eight.");

        using AutoMixChatClient rulesOnly = new AutoMixBuilder(ScriptedClient.Answering("Six."))
            .AddModel("large", ScriptedClient.Answering("Eight."))
            .VerifyWith(Verifiers.NoRefusal())
            .WithoutVerification()
            .Build();

        (await rulesOnly.GetResponseAsync("How many legs has a spider?")).Text.Should().Be("Six.");
    }
}
