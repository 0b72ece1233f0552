using System.Net;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace AutoMix.EndToEnd.WebApi;

public sealed class WebApiTests
{
    [Fact]
    public async Task Stream_SimulatedModels_ComesInPiecesAndEndsWithTheRecord()
    {
        await using RunningSample sample = await RunningSample.StartAsync();

        List<SseItem<JsonElement>> events = await StreamAsync(sample, "one two three");

        events[..^1].Should().HaveCountGreaterThan(3).And.OnlyContain(e => e.EventType == "text");
        string.Concat(events[..^1].Select(e => e.Data.GetProperty("text").GetString())).Should().Contain("simulated answer of").And.Contain("one two three");
        events[^1].EventType.Should().Be("end");
        events[^1].Data.GetProperty("routing").GetProperty("model").GetString().Should().BeOneOf("small", "large");
    }

    [Fact]
    public async Task Stream_ProvidersThatAreDown_EndsWithAnErrorEventThatSaysWhy()
    {
        await using WebApplication provider = await ProviderAsync(context =>
        {
            context.Response.StatusCode = 500;
            return Task.CompletedTask;
        });
        await using RunningSample sample = await RunningSample.StartAsync(Endpoints(provider));

        List<SseItem<JsonElement>> events = await StreamAsync(sample, "?");

        events.Should().ContainSingle().Which.EventType.Should().Be("error");
        events[0].Data.GetProperty("routing").GetProperty("attempts").EnumerateArray().Select(a => a.GetProperty("failure").GetString()).Should().Equal("Overload", "Overload");
        (await sample.Client.GetAsync("/health")).StatusCode.Should().Be(HttpStatusCode.ServiceUnavailable);
        (await sample.Client.GetAsync("/health/live")).StatusCode.Should().Be(HttpStatusCode.OK, "a provider that is down is no reason to restart this server");
    }

    [Fact]
    public async Task Health_BeforeAnyRequest_IsHealthy()
    {
        await using RunningSample sample = await RunningSample.StartAsync();

        (await sample.Client.GetStringAsync("/health")).Should().Be("Healthy");
    }

    [UnixFact]
    public async Task Terminate_WithARequestInFlight_AnswersItExportsTelemetryAndEndsWell()
    {
        var arrived = new TaskCompletionSource();
        var release = new TaskCompletionSource();
        await using WebApplication provider = await ProviderAsync(async context =>
        {
            arrived.TrySetResult();
            await release.Task;
            await AnswerAsync(context, "Verification Decision: Correct");
        });
        await using RunningSample sample = await RunningSample.StartAsync(Endpoints(provider));
        Task<HttpResponseMessage> asking = sample.Client.PostAsJsonAsync("/chat", new { text = "still there?" });
        await arrived.Task;

        sample.Terminate();
        await sample.LineAsync("Application is shutting down");
        release.SetResult();

        HttpResponseMessage response = await asking;
        response.StatusCode.Should().Be(HttpStatusCode.OK);
        (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("text").GetString().Should().Be("Verification Decision: Correct");
        (await sample.EndAsync()).Should().Be(0);
        sample.Output.Should().Contain("automix.request").And.Contain("automix.decision").And.Contain("automix.cost").And.Contain("automix.verifier.confidence");
    }

    [Fact]
    public async Task Start_KeyThatNobodyReads_EndsWithItsName()
    {
        await using RunningSample sample = RunningSample.Launch(("AutoMix:MaxAtempts", "3"));

        (await sample.EndAsync()).Should().NotBe(0);
        sample.Output.Should().Contain("MaxAtempts");
    }

    [Fact]
    public async Task Start_SettingOutOfRange_EndsWithCauseAndRemedy()
    {
        await using RunningSample sample = RunningSample.Launch(("AutoMix:AcceptThreshold", "75"));

        (await sample.EndAsync()).Should().NotBe(0);
        sample.Output.Should().Contain("AcceptThreshold is 75; it must be a number in [0, 1].");
    }

    private static (string, string)[] Endpoints(WebApplication provider) =>
        [("Providers:small:Endpoint", $"{provider.Urls.First()}/v1"), ("Providers:large:Endpoint", $"{provider.Urls.First()}/v1")];

    private static async Task<List<SseItem<JsonElement>>> StreamAsync(RunningSample sample, string text)
    {
        using HttpResponseMessage response = await sample.Client.PostAsJsonAsync("/chat/stream", new { text });
        response.Content.Headers.ContentType!.MediaType.Should().Be("text/event-stream");
        var events = new List<SseItem<JsonElement>>();
        await foreach (SseItem<JsonElement> item in SseParser.Create(await response.Content.ReadAsStreamAsync(), (_, data) => JsonSerializer.Deserialize<JsonElement>(data)).EnumerateAsync())
        {
            events.Add(item);
        }

        return events;
    }

    private static Task<WebApplication> ProviderAsync(RequestDelegate answer) => LocalServer.StartAsync("/v1/chat/completions", answer);

    private static Task AnswerAsync(HttpContext context, string text)
    {
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync($$$"""
            {"id":"c","object":"chat.completion","created":0,"model":"m",
             "choices":[{"index":0,"finish_reason":"stop","message":{"role":"assistant","content":"{{{text}}}"}}],
             "usage":{"prompt_tokens":20,"completion_tokens":2,"total_tokens":22}}
            """);
    }
}
