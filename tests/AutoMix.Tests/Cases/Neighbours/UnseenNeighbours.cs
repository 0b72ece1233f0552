using System.Text;
using AutoMix.Tests.Telemetry;
using Microsoft.Extensions.AI;
using static AutoMix.Tests.ScriptedClient;

namespace AutoMix.Tests.Cases.Neighbours;

/// <summary>Cases 13 and 23: what a verifier is not shown, and what records and metrics may not say.</summary>
public class UnseenNeighbours
{
    private static DataContent Text(string text) => new(Encoding.UTF8.GetBytes(text), "text/csv");

    private static string Shown(Call call) => call.Messages[^1].Text;

    private static ChatMessage[] AfterATool(object result) =>
    [
        new(ChatRole.User, "What does it say?"),
        new(ChatRole.Assistant, [new FunctionCallContent("c1", "look", new Dictionary<string, object?>())]),
        new(ChatRole.Tool, [new FunctionResultContent("c1", result)]),
    ];

    private static async Task<(ScriptedClient Small, ChatResponse Response)> AskAsync(Mode mode, IEnumerable<ChatMessage> messages)
    {
        ScriptedClient small = Mix.Model("small");
        return (small, await Mix.Of(small, Answering("large")).AskAsync(mode, messages));
    }

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task Case13_TextAsData_IsShownToTheVerifier(Mode mode)
    {
        (ScriptedClient small, ChatResponse response) = await AskAsync(mode, [new(ChatRole.User, [new TextContent("Summarise this:"), Text("name,age\nÅse,41")])]);

        response.Text.Should().Be("small");
        small.Verifications.Should().NotBeEmpty().And.OnlyContain(call => Shown(call).Contains("Summarise this:") && Shown(call).Contains("Åse,41"));
    }

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task Case13_ResultsInParts_AreShownToTheVerifier(Mode mode)
    {
        (ScriptedClient small, _) = await AskAsync(mode, AfterATool(new List<AIContent> { new TextContent("twenty degrees"), Text("wind,3") }));

        small.Verifications.Should().NotBeEmpty().And.OnlyContain(call => Shown(call).Contains("twenty degrees") && Shown(call).Contains("wind,3"));
    }

    [Theory]
    [InlineData(Mode.Whole, "link")]
    [InlineData(Mode.Streaming, "link")]
    [InlineData(Mode.Whole, "image as a result")]
    [InlineData(Mode.Streaming, "image as a result")]
    [InlineData(Mode.Whole, "image among results")]
    [InlineData(Mode.Streaming, "image among results")]
    public async Task Case13_WhatTextCannotShow_IsNotPaidFor(Mode mode, string what)
    {
        var image = new DataContent(new byte[] { 1, 2, 3 }, "image/png");
        ChatMessage[] messages = what switch
        {
            "link" => [new(ChatRole.User, [new TextContent("Summarise"), new UriContent("https://example.com/page.html", "text/html")])],
            "image as a result" => AfterATool(image),
            _ => AfterATool(new List<AIContent> { new TextContent("see"), image }),
        };
        (ScriptedClient small, ChatResponse response) = await AskAsync(mode, messages);

        small.Verifications.Should().BeEmpty();
        response.Record().Attempts[0].Verdicts.Should().Contain(v => v.Kind == VerdictKind.Unknown);
    }

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task Case23_VerifyingCallThatQuotesTheRequest_LeavesNothingOfItInTheRecord(Mode mode)
    {
        var small = new ScriptedClient(call => call.IsVerification ? throw new InvalidOperationException("cannot read 'my secret'") : Reply.Of("small"));
        RoutingRecord record = (await Mix.Of(small, Answering("large")).AskAsync(mode, "my secret")).Record();

        record.ToString().Should().NotContain("secret");
        record.Attempts.SelectMany(a => a.Verdicts).Select(v => v.Reason).Should().NotContain(reason => reason != null && reason.Contains("secret"));
    }

    [Fact]
    public async Task Metrics_TheJudgeIsAnotherModel_ItsDollarsAreItsOwn()
    {
        using var measured = new Measurements();
        string id = Guid.NewGuid().ToString("N");
        var judge = new ScriptedClient(call => call.IsVerification ? Reply.Of("9", 100, 3) : Reply.Of("large"));
        IChatClient client = Answering("small").AsBuilder().UseAutoMix(mix => mix
            .FirstModel($"{id}-small", Mix.SmallPrice).AddModel($"{id}-large", judge, Mix.LargePrice).VerifyWith(Verifiers.Judge($"{id}-large"))).Build();
        RoutingRecord record = (await client.GetResponseAsync("?")).Record();

        judge.Verifications.Should().NotBeEmpty();
        measured.Of("automix.cost", "automix.model", $"{id}-small").Sum(m => m.Value).Should().BeApproximately((double)record.Attempts[0].Cost, 1e-12);
        measured.Of("automix.cost", "automix.model", $"{id}-large").Where(m => Equals(m.Tags["automix.purpose"], "verification")).Sum(m => m.Value)
            .Should().BeApproximately((double)record.Attempts[0].Verdicts.Sum(v => v.Cost), 1e-12).And.BePositive();
    }
}
