using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Spectre.Console;

namespace AutoMix.Quickstart;

/// <summary>The Quickstart on a server: a small model that knows half of the answers and doubts the rest, and a large one.</summary>
public sealed class ServerRunTests
{
    [Fact]
    public async Task RunAsync_OpenAICompatibleServer_EscalatesWhatTheSmallModelDoubts()
    {
        await using WebApplication server = await LocalServer.StartAsync("/v1/chat/completions", AnswerAsync);
        using var output = new StringWriter();
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, Out = new AnsiConsoleOutput(output) });
        QuickstartArguments arguments = QuickstartArguments.Parse(["--endpoint", server.Urls.First() + "/v1", "--models", "small,large", "--prices", "1/1,100/100"]);

        await ServerRun.OnEndpoint(arguments).RunAsync(console, CancellationToken.None);

        string[] lines = output.ToString().Split(Environment.NewLine);
        lines.Count(line => line.Contains("| small > verify 1.00 | right")).Should().Be(6);
        lines.Count(line => line.Contains("| small > verify 0.00 > large | right") || line.Contains("| small > verify 0.00 > large > verify 1.00 | right")).Should().Be(6);
        lines.Should().Contain(line => line.StartsWith("Answered by: small 50.0 %, large 50.0 %"));
        lines.Should().Contain(line => line.StartsWith("Quality: 1.000"));
        lines.Should().Contain(line => line.StartsWith("Cost:    $"));
    }

    private static async Task AnswerAsync(HttpContext context)
    {
        JsonElement request = (await JsonDocument.ParseAsync(context.Request.Body)).RootElement;
        string model = request.GetProperty("model").GetString()!;
        string prompt = request.GetProperty("messages").EnumerateArray().Last().GetProperty("content").ToString();
        int number = KnownQuestion.All.Index().First(one => prompt.Contains(one.Item.Text)).Index;
        bool knows = model == "large" || number % 2 == 0;
        string content = prompt.TrimEnd().EndsWith("Verification:", StringComparison.Ordinal)
            ? $"Verification Decision: {(knows ? "Correct" : "Incorrect")}"
            : knows ? KnownQuestion.All[number].Answer : "No idea at all";
        string json = $$$"""
            {"id":"c","object":"chat.completion","created":0,"model":"{{{model}}}",
             "choices":[{"index":0,"finish_reason":"stop","message":{"role":"assistant","content":{{{JsonSerializer.Serialize(content)}}}}}],
             "usage":{"prompt_tokens":20,"completion_tokens":2,"total_tokens":22}}
            """;
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(json);
    }
}
