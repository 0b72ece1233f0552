using System.ClientModel;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using OpenAI.Chat;

namespace AutoMix.Tool.Serve;

/// <summary>The server, asked by the official OpenAI client for .NET and by hand.</summary>
public sealed class ServeTests
{
    [Fact]
    public async Task Complete_ByTheOfficialClient_AnswersWithUsageAndTheModelThatAnswered()
    {
        await using Serving server = await Serving.StartAsync();
        ChatCompletion completion = await server.Client().CompleteChatAsync("count");
        completion.Content[0].Text.Should().Be("one two three");
        completion.FinishReason.Should().Be(ChatFinishReason.Stop);
        completion.Model.Should().Be("small");
        (completion.Usage.InputTokenCount, completion.Usage.OutputTokenCount).Should().Be((11, 7));
    }

    [Fact]
    public async Task Stream_ByTheOfficialClient_BringsTheAnswerInPiecesAndTheUsageAtTheEnd()
    {
        await using Serving server = await Serving.StartAsync();
        List<StreamingChatCompletionUpdate> updates = [];
        await foreach (StreamingChatCompletionUpdate update in server.Client().CompleteChatStreamingAsync("count"))
        {
            updates.Add(update);
        }

        string.Concat(updates.SelectMany(update => update.ContentUpdate).Select(part => part.Text)).Should().Be("one two three");
        updates.Where(update => update.ContentUpdate.Any(part => part.Text.Length > 0)).Should().HaveCountGreaterThan(1);
        updates.Where(update => update.FinishReason is not null).Should().ContainSingle().Which.FinishReason.Should().Be(ChatFinishReason.Stop);
        updates.Select(update => update.CompletionId).Distinct().Should().ContainSingle().Which.Should().StartWith("chatcmpl-");
        updates[^1].Usage.TotalTokenCount.Should().Be(18, "the client asks for usage with stream_options");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Tools_ByTheOfficialClient_AreCalledByTheClientAndTheirResultsComeBack(bool streaming)
    {
        await using Serving server = await Serving.StartAsync();
        var options = new ChatCompletionOptions { Tools = { ChatTool.CreateFunctionTool("get_weather", "The weather.", BinaryData.FromString("""{"type":"object","properties":{"city":{"type":"string"}}}"""), true) } };
        (string Id, string Name, string Arguments)[] calls = streaming ? await StreamCallsAsync(server.Client(), options) : await CallsAsync(server.Client(), options);

        calls.Select(call => (call.Id, call.Name)).Should().Equal(("call-1", "get_weather"), ("call-2", "get_weather"));
        calls[0].Arguments.Should().Be("""{"city":"Oslo","days":2}""");

        ChatCompletion after = await server.Client().CompleteChatAsync(
            [
                new UserChatMessage("weather"),
                new AssistantChatMessage(calls.Select(call => ChatToolCall.CreateFunctionToolCall(call.Id, call.Name, BinaryData.FromString(call.Arguments)))),
                new ToolChatMessage("call-2", "7 degrees"),
                new ToolChatMessage("call-1", "3 degrees"),
            ],
            options);
        after.Content[0].Text.Should().Be("It is 3 degrees in Oslo.");
    }

    [Fact]
    public async Task JsonSchema_ByTheOfficialClient_ReachesTheModel()
    {
        await using Serving server = await Serving.StartAsync();
        ChatCompletion completion = await server.Client().CompleteChatAsync([new UserChatMessage("schema")], new ChatCompletionOptions
        {
            ResponseFormat = ChatResponseFormat.CreateJsonSchemaFormat("answer", BinaryData.FromString("""{"type":"object","properties":{"answer":{"type":"string"}},"required":["answer"],"additionalProperties":false}"""), null, true),
        });
        using JsonDocument answer = JsonDocument.Parse(completion.Content[0].Text);
        answer.RootElement.GetProperty("answer").GetString().Should().Be("object");
    }

    [Fact]
    public async Task Options_ByTheOfficialClient_ReachTheModel()
    {
        await using Serving server = await Serving.StartAsync();
        var options = new ChatCompletionOptions { Temperature = 0.5f, MaxOutputTokenCount = 77, StopSequences = { "a", "b" } };
#pragma warning disable OPENAI001 // The seed is marked as experimental by the SDK.
        options.Seed = 5;
#pragma warning restore OPENAI001
        ChatCompletion completion = await server.Client().CompleteChatAsync([new UserChatMessage("options")], options);
        completion.Content[0].Text.Should().StartWith("0.5 77 5 a/b");
    }

    [Theory]
    [InlineData("fail TooManyRequests", 429, "rate_limit_exceeded")]
    [InlineData("fail BadRequest", 400, "invalid_request_error")]
    [InlineData("fail ServiceUnavailable", 502, "no_usable_answer")]
    public async Task Complete_EveryModelFails_IsAnErrorOfTheSameKind(string prompt, int status, string code)
    {
        await using Serving server = await Serving.StartAsync();
        Func<Task> ask = () => server.Client().CompleteChatAsync(prompt);
        ClientResultException error = (await ask.Should().ThrowAsync<ClientResultException>()).Which;
        error.Status.Should().Be(status);
        error.Message.Should().Contain(code);
    }

    [Fact]
    public async Task Complete_EveryModelIsLeftAlone_Is503AndSaysForHowLong()
    {
        await using Serving server = await Serving.StartAsync();
        const string body = """{"model":"automix","messages":[{"role":"user","content":"fail BadGateway"}]}""";
        for (int i = 0; i < 2; i++)
        {
            using HttpResponseMessage failed = await PostAsync(server.Url, body);
            failed.StatusCode.Should().Be(HttpStatusCode.BadGateway);
        }

        using HttpResponseMessage alone = await PostAsync(server.Url, body);
        alone.StatusCode.Should().Be(HttpStatusCode.ServiceUnavailable);
        (await ErrorAsync(alone)).GetProperty("code").GetString().Should().Be("no_model_available");
        alone.Headers.RetryAfter!.Delta.Should().BePositive().And.BeLessThanOrEqualTo(TimeSpan.FromSeconds(15));
    }

    [Fact]
    public async Task Complete_ARequestThatNoModelTakes_IsTheClientsToChange()
    {
        await using Serving server = await Serving.StartAsync(pipeline: new { Models = new { small = new { SupportsTools = false }, large = new { SupportsTools = false } } });
        using HttpResponseMessage refused = await PostAsync(server.Url, """{"model":"automix","messages":[{"role":"user","content":"?"}],"tools":[{"type":"function","function":{"name":"look","parameters":{"type":"object"}}}]}""");
        refused.StatusCode.Should().Be(HttpStatusCode.BadRequest);
        JsonElement error = await ErrorAsync(refused);
        error.GetProperty("code").GetString().Should().Be("no_model_takes_it");
        error.GetProperty("message").GetString().Should().Contain("it cannot call tools");
        refused.Headers.RetryAfter.Should().BeNull();
    }

    [Fact]
    public async Task Stream_EveryModelFailsAtOnce_IsAnErrorWithAStatus()
    {
        await using Serving server = await Serving.StartAsync();
        Func<Task> ask = async () =>
        {
            await foreach (StreamingChatCompletionUpdate _ in server.Client().CompleteChatStreamingAsync("fail TooManyRequests"))
            {
            }
        };
        (await ask.Should().ThrowAsync<ClientResultException>()).Which.Status.Should().Be(429);
    }

    [Fact]
    public async Task Complete_UnknownModel_Is404AsWithOpenAI()
    {
        await using Serving server = await Serving.StartAsync();
        Func<Task> ask = () => server.Client(model: "gpt-9").CompleteChatAsync("count");
        ClientResultException error = (await ask.Should().ThrowAsync<ClientResultException>()).Which;
        error.Status.Should().Be(404);
        error.Message.Should().Contain("model_not_found");
    }

    [Theory]
    [InlineData("{ nonsense", null)]
    [InlineData("[]", null)]
    [InlineData("""{"model":"automix"}""", "messages")]
    [InlineData("""{"messages":[{"role":"user","content":"a"}]}""", "model")]
    [InlineData("""{"model":"automix","messages":[{"role":"wizard","content":"a"}]}""", "messages[0]")]
    [InlineData("""{"model":"automix","messages":[{"role":"user","content":"a"}],"temperature":"hot"}""", "temperature")]
    [InlineData("""{"model":"automix","messages":[{"role":"user","content":"a"}],"temperature":3}""", "temperature")]
    [InlineData("""{"model":"automix","messages":[{"role":"user","content":"a"}],"n":2}""", "n")]
    [InlineData("""{"model":"automix","messages":[{"role":"user","content":"a"}],"max_tokens":0}""", "max_tokens")]
    [InlineData("""{"model":"automix","messages":[{"role":"user","content":"a"}],"tools":[{"type":"magic"}]}""", "tools[0]")]
    [InlineData("""{"model":"automix","messages":[{"role":"user","content":"a"}],"tool_choice":"perhaps"}""", "tool_choice")]
    [InlineData("""{"model":"automix","messages":[{"role":"user","content":"a"}],"response_format":{"type":"poem"}}""", "response_format")]
    public async Task Complete_RequestThatCannotBeRead_NamesTheParameter(string body, string? parameter)
    {
        await using Serving server = await Serving.StartAsync();
        using HttpResponseMessage response = await PostAsync(server.Url, body);
        response.StatusCode.Should().Be(HttpStatusCode.BadRequest);
        JsonElement error = await ErrorAsync(response);
        error.GetProperty("type").GetString().Should().Be("invalid_request_error");
        error.GetProperty("param").GetString().Should().Be(parameter);
    }

    [Fact]
    public async Task Complete_RequestLargerThanAllowed_Is413()
    {
        await using Serving server = await Serving.StartAsync(serve: new { MaxRequestBytes = 1000 });
        using HttpResponseMessage response = await PostAsync(server.Url, $$"""{"model":"automix","messages":[{"role":"user","content":"{{new string('a', 2000)}}"}]}""");
        response.StatusCode.Should().Be(HttpStatusCode.RequestEntityTooLarge);
        (await ErrorAsync(response)).GetProperty("code").GetString().Should().Be("request_too_large");
    }

    [Fact]
    public async Task Complete_AsAPageOfAnotherSiteWouldSendIt_IsRefused()
    {
        await using Serving server = await Serving.StartAsync();
        using var http = new HttpClient();
        using HttpResponseMessage plain = await http.PostAsync(new Uri(server.Url, "v1/chat/completions"), new StringContent("{}", Encoding.UTF8, "text/plain"));
        plain.StatusCode.Should().Be(HttpStatusCode.BadRequest);
        using var lured = new HttpRequestMessage(HttpMethod.Get, new Uri(server.Url, "events")) { Headers = { Host = "evil.example" } };
        using HttpResponseMessage rebound = await http.SendAsync(lured);
        rebound.StatusCode.Should().Be(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Complete_ClientCancels_StopsTheModel()
    {
        await using Serving server = await Serving.StartAsync();
        using var cancel = new CancellationTokenSource();
        Task<ClientResult<ChatCompletion>> asking = server.Client().CompleteChatAsync([new UserChatMessage("wait")], cancellationToken: cancel.Token);
        await ScriptedModel.Waiting.Task;
        await cancel.CancelAsync();
        await FluentActions.Awaiting(() => asking).Should().ThrowAsync<OperationCanceledException>();
        await ScriptedModel.Cancelled.Task;
    }

    [Fact]
    public async Task ApiKey_Wrong_Is401EverywhereButForHealth()
    {
        await using Serving server = await Serving.StartAsync(key: "right");
        Func<Task> wrong = () => server.Client(key: "wrong").CompleteChatAsync("count");
        (await wrong.Should().ThrowAsync<ClientResultException>()).Which.Status.Should().Be(401);
        (await server.Client(key: "right").CompleteChatAsync("count")).Value.Content[0].Text.Should().Be("one two three");
        using var http = new HttpClient { BaseAddress = server.Url };
        foreach (string path in (string[])["", "events", "metrics", "v1/models", "nothing"])
        {
            (await http.GetAsync(new Uri(path, UriKind.Relative))).StatusCode.Should().Be(HttpStatusCode.Unauthorized, path);
        }

        (await http.GetStringAsync(new Uri("healthz", UriKind.Relative))).Should().Be("ok");
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String("anyone:right"u8));
        (await http.GetStringAsync(new Uri("", UriKind.Relative))).Should().Contain("<title>");
    }

    [Theory]
    [InlineData("http://127.0.0.1:0", true)]
    [InlineData("http://localhost:5000", true)]
    [InlineData("http://[::1]:5000", true)]
    [InlineData("http://0.0.0.0:5000", false)]
    [InlineData("http://*:5000", false)]
    [InlineData("http://10.0.0.1:5000", false)]
    public void IsLoopback_OfAnAddress_IsWhoCanReachIt(string url, bool loopback) => ApiKey.IsLoopback(url).Should().Be(loopback);

    [Fact]
    public void Serve_ForOthersWithoutAKey_IsRefused()
    {
        using var files = new ToolRun();
        File.WriteAllText(files.Path("automix.json"), """{"Providers":[{"Name":"a","Endpoint":"http://127.0.0.1:1/v1"},{"Name":"b","Endpoint":"http://127.0.0.1:1/v1"}]}""");
        (int exit, _, string error) = ToolRun.Run("serve", "--config", files.Path("automix.json"), "--url", "http://0.0.0.0:0", "--api-key-variable", "AUTOMIX_NO_SUCH_KEY");
        exit.Should().Be(ExitCodes.BadInput);
        error.Should().Contain("key");
    }

    [Fact]
    public async Task Models_Listed_AreTheOneThatRoutes()
    {
        await using Serving server = await Serving.StartAsync();
        using var http = new HttpClient { BaseAddress = server.Url };
        using JsonDocument list = JsonDocument.Parse(await http.GetStringAsync(new Uri("v1/models", UriKind.Relative)));
        list.RootElement.GetProperty("data").EnumerateArray().Select(model => model.GetProperty("id").GetString()).Should().Equal("automix");
        (await http.GetAsync(new Uri("v1/models/gpt-9", UriKind.Relative))).StatusCode.Should().Be(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Events_AfterRequests_TellPathsModelsMoneyBudgetsAndReasons()
    {
        await using Serving server = await Serving.StartAsync(pipeline: new
        {
            Budgets = new[] { new { Dollars = 5, Window = "01:00:00" } },
            Models = new { small = new { InputPrice = 1, OutputPrice = 2 }, large = new { InputPrice = 10, OutputPrice = 20 } },
        });
        await server.Client().CompleteChatAsync("count");
        await foreach (StreamingChatCompletionUpdate _ in server.Client().CompleteChatStreamingAsync("count"))
        {
        }

        JsonElement now = await FirstEventAsync(server.Url);
        now.GetProperty("requests").GetInt32().Should().Be(2);
        now.GetProperty("paths")[0].GetProperty("path").GetString().Should().Be("small");
        now.GetProperty("models")[0].GetProperty("accepted").GetInt32().Should().Be(2);
        double each = ((11 * 1) + (7 * 2)) / 1e6;
        now.GetProperty("spent").GetDouble().Should().BeApproximately(2 * each, 1e-12);
        now.GetProperty("saved").GetDouble().Should().BeApproximately(2 * 9 * each, 1e-12);
        now.GetProperty("budgets")[0].GetProperty("committed").GetDouble().Should().BeApproximately(2 * each, 1e-12);
        now.GetProperty("last")[0].GetProperty("number").GetInt32().Should().Be(2);
        now.GetProperty("last")[0].GetProperty("steps").GetArrayLength().Should().BePositive();
    }

    [Fact]
    public async Task Metrics_AfterARequest_AreReadableByPrometheus()
    {
        await using Serving server = await Serving.StartAsync();
        using var http = new HttpClient { BaseAddress = server.Url };
        await http.GetStringAsync(new Uri("metrics", UriKind.Relative));
        await server.Client().CompleteChatAsync("count");
        string text = await http.GetStringAsync(new Uri("metrics", UriKind.Relative));
        text.Should().Contain("automix_circuit_open{model=\"small\"} 0").And.MatchRegex("automix_requests[a-z_]*\\{[^}]*automix_outcome=\"Accepted\"[^}]*\\} [1-9]");
    }

    private static async Task<(string, string, string)[]> CallsAsync(ChatClient client, ChatCompletionOptions options)
    {
        ChatCompletion completion = await client.CompleteChatAsync([new UserChatMessage("weather")], options);
        completion.FinishReason.Should().Be(ChatFinishReason.ToolCalls);
        return [.. completion.ToolCalls.Select(call => (call.Id, call.FunctionName, call.FunctionArguments.ToString()))];
    }

    private static async Task<(string, string, string)[]> StreamCallsAsync(ChatClient client, ChatCompletionOptions options)
    {
        var calls = new SortedDictionary<int, (string Id, string Name, string Arguments)>();
        await foreach (StreamingChatCompletionUpdate update in client.CompleteChatStreamingAsync([new UserChatMessage("weather")], options))
        {
            foreach (StreamingChatToolCallUpdate call in update.ToolCallUpdates)
            {
                calls[call.Index] = (call.ToolCallId, call.FunctionName, call.FunctionArgumentsUpdate.ToString());
            }
        }

        return [.. calls.Values];
    }

    private static async Task<HttpResponseMessage> PostAsync(Uri url, string body)
    {
        using var http = new HttpClient();
        return await http.PostAsync(new Uri(url, "v1/chat/completions"), new StringContent(body, Encoding.UTF8, "application/json"));
    }

    private static async Task<JsonElement> ErrorAsync(HttpResponseMessage response)
    {
        using JsonDocument body = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        return body.RootElement.GetProperty("error").Clone();
    }

    private static async Task<JsonElement> FirstEventAsync(Uri url)
    {
        using var http = new HttpClient();
        using var reader = new StreamReader(await http.GetStreamAsync(new Uri(url, "events")));
        string line = (await reader.ReadLineAsync())!;
        using JsonDocument json = JsonDocument.Parse(line["data: ".Length..]);
        return json.RootElement.Clone();
    }
}
