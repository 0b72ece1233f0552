using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.AI;

namespace AutoMix.EndToEnd.Ollama;

/// <summary>What goes wrong with a local server is answered by the next model, in both modes, through the official client.</summary>
public sealed class OllamaFailureTests
{
    private static readonly string Half = OllamaServer.Line("half an ");

    public static TheoryData<int, string, string, bool> Failures()
    {
        var failures = new TheoryData<int, string, string, bool>();
        foreach (bool streaming in (bool[])[false, true])
        {
            failures.Add(404, """{"error":"model 'llama' not found"}""", nameof(FailureKind.BadRequest), streaming);
            failures.Add(400, """{"error":"registry.ollama.ai/library/llama:latest does not support tools"}""", nameof(FailureKind.BadRequest), streaming);
            failures.Add(500, """{"error":"llama runner process has terminated: signal: killed"}""", nameof(FailureKind.Overload), streaming);
            failures.Add(503, """{"error":"server busy, please try again.  maximum pending requests exceeded"}""", nameof(FailureKind.Overload), streaming);

            // Of a status from 500 on, this client drops what the server says.
            failures.Add(500, """{"error":"the request exceeds the available context size"}""", nameof(FailureKind.Overload), streaming);
            failures.Add(502, "<html><body>Bad Gateway</body></html>", nameof(FailureKind.Overload), streaming);
        }

        return failures;
    }

    /// <summary>Answers with status 200 that are none: an error in the middle, an end too early, nothing, a page of a proxy.</summary>
    public static TheoryData<string, bool> BrokenAnswers()
    {
        var broken = new TheoryData<string, bool>();
        foreach (bool streaming in (bool[])[false, true])
        {
            broken.Add(Half + """{"error":"an error was encountered while running the model: unexpected EOF"}""" + "\n", streaming);
            broken.Add(Half, streaming);
            broken.Add("", streaming);
            broken.Add(OllamaServer.Line("", "load"), streaming);
            broken.Add("<html><body>Please log in</body></html>", streaming);
            broken.Add(Half + "{\"model\":\"llama\",\"mess", streaming);
        }

        return broken;
    }

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task Ask_ServerRefuses_TheNextModelAnswersAndTheRecordSaysWhy(int status, string body, string kind, bool streaming)
    {
        await using OllamaServer server = await OllamaServer.StartAsync(context =>
        {
            context.Response.StatusCode = status;
            return context.Response.WriteAsync(body, context.RequestAborted);
        });

        RoutingRecord record = await AnsweredByLargeAsync(server, streaming);

        record.Attempts[0].Failure.ToString().Should().Be(kind);
    }

    [Theory]
    [MemberData(nameof(BrokenAnswers))]
    public async Task Ask_AnswerIsBroken_TheNextModelAnswersAndNothingOfItIsShown(string body, bool streaming)
    {
        await using OllamaServer server = await OllamaServer.StartAsync(context =>
        {
            context.Response.ContentType = "application/x-ndjson";
            return context.Response.WriteAsync(body, context.RequestAborted);
        });

        RoutingRecord record = await AnsweredByLargeAsync(server, streaming);

        record.Attempts[0].Status.Should().NotBe(AttemptStatus.Answered);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Ask_WholeAnswer_IsReturnedWithItsTokens(bool streaming)
    {
        await using OllamaServer server = await OllamaServer.StartAsync(context => context.Response.WriteAsync(Half + OllamaServer.Line("answer") + OllamaServer.Line("", "stop"), context.RequestAborted));

        ChatResponse response = await AskAsync(server, streaming);

        response.Text.Should().Be("half an answer");
        response.GetRoutingRecord()!.Attempts.Should().ContainSingle().Which.Model.Should().Be("small");
        response.Usage!.TotalTokenCount.Should().Be(15);
        response.GetRoutingRecord()!.Cost.Should().Be(0.00002m, "ten tokens at one dollar a million and five at two");
    }

    private static async Task<RoutingRecord> AnsweredByLargeAsync(OllamaServer server, bool streaming)
    {
        ChatResponse response = await AskAsync(server, streaming);
        response.Text.Should().Be("a whole answer");
        RoutingRecord record = response.GetRoutingRecord()!;
        record.Attempts.Select(attempt => attempt.Model).Should().Equal("small", "large");
        return record;
    }

    private static async Task<ChatResponse> AskAsync(OllamaServer server, bool streaming)
    {
        using IChatClient client = server.Client("small").AsBuilder()
            .UseAutoMix(mix => mix
                .FirstModel("small", ModelPrice.PerMillionTokens(input: 1m, output: 2m))
                .AddModel("large", server.Client("large"), ModelPrice.PerMillionTokens(input: 10m, output: 20m))
                .VerifyWith((_, _) => new(Verdict.Pass()), "content"))
            .Build();
        return streaming ? await client.GetStreamingResponseAsync("What is it?").ToChatResponseAsync() : await client.GetResponseAsync("What is it?");
    }
}
