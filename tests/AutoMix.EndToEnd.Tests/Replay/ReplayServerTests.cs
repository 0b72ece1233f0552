using System.Net;
using System.Text;
using System.Text.Json;

namespace AutoMix.Replay;

/// <summary>The protocol as bytes on the wire, without a client library between.</summary>
public sealed class ReplayServerTests(ReplayFixture fixture) : IClassFixture<ReplayFixture>
{
    private const string Verify = """{"model":"large","messages":[{"role":"user","content":"?"}],"logprobs":true,"top_logprobs":5}""";

    [Fact]
    public async Task Completion_PromptAsRecorded_AnswersAndBillsAsRecorded()
    {
        JsonElement body = await PostAsync("r-0", Request("large", SampleRecords.All[0].Prompt));

        body.GetProperty("object").GetString().Should().Be("chat.completion");
        body.GetProperty("model").GetString().Should().Be("large");
        Content(body).Should().Be("Mercury, of course");
        body.GetProperty("choices")[0].GetProperty("finish_reason").GetString().Should().Be("stop");
        body.GetProperty("usage").GetRawText().Should().Be("""{"prompt_tokens":30,"completion_tokens":4,"total_tokens":34}""");
    }

    [Fact]
    public async Task Completion_ContentInParts_IsReadAsOneText()
    {
        string prompt = JsonSerializer.Serialize(SampleRecords.All[0].Prompt);

        JsonElement body = await PostAsync("r-0", $$"""{"model":"small","messages":[{"role":"user","content":[{"type":"text","text":{{prompt}}}]}]}""");

        Content(body).Should().Be("Lead");
    }

    [Fact]
    public async Task Completion_StreamWithUsage_PiecesAddUpAndUsageComesLast()
    {
        string text = await SendAsync("r-0", Request("large", SampleRecords.All[0].Prompt, """,  "stream":true,"stream_options":{"include_usage":true}"""));

        string[] events = text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries);
        events.Should().OnlyContain(line => line.StartsWith("data: "));
        events[^1].Should().Be("data: [DONE]");
        JsonElement[] chunks = [.. events[..^1].Select(line => JsonDocument.Parse(line["data: ".Length..]).RootElement)];
        chunks.Should().OnlyContain(chunk => chunk.GetProperty("object").GetString() == "chat.completion.chunk");
        string.Concat(chunks.SelectMany(chunk => chunk.GetProperty("choices").EnumerateArray())
            .Select(choice => choice.GetProperty("delta").TryGetProperty("content", out JsonElement piece) ? piece.GetString() : null))
            .Should().Be("Mercury, of course");
        chunks[^1].GetProperty("choices").GetArrayLength().Should().Be(0);
        chunks[^1].GetProperty("usage").GetProperty("total_tokens").GetInt64().Should().Be(34);
    }

    [Fact]
    public async Task Completion_StreamWithoutUsage_SendsNone()
    {
        string text = await SendAsync("r-0", Request("large", SampleRecords.All[0].Prompt, ""","stream":true"""));

        text.Should().NotContain("usage");
    }

    [Fact]
    public async Task Verification_WithLogprobs_CarriesTheConfidenceInOneToken()
    {
        JsonElement body = await PostAsync("r-0", Verify, "verification");

        Content(body).Should().Be("Correct");
        JsonElement token = body.GetProperty("choices")[0].GetProperty("logprobs").GetProperty("content")[0];
        token.GetProperty("logprob").GetDouble().Should().Be(Math.Log(0.9375));
        token.GetProperty("top_logprobs").EnumerateArray().Select(top => (top.GetProperty("token").GetString(), top.GetProperty("logprob").GetDouble()))
            .Should().Equal(("Correct", Math.Log(0.9375)), ("Incorrect", Math.Log(0.0625)));
        body.GetProperty("usage").GetRawText().Should().Be("""{"prompt_tokens":110,"completion_tokens":1,"total_tokens":111}""");
    }

    [Fact]
    public async Task Verification_ConfidenceOfZero_HasOpenAIsStandInForMinusInfinity()
    {
        JsonElement body = await PostAsync("r-2", Verify, "verification");

        body.GetProperty("choices")[0].GetProperty("logprobs").GetProperty("content")[0].GetProperty("logprob").GetDouble().Should().Be(-9999.0);
    }

    [Theory]
    [InlineData(0.25, new[] { 3, 7 })]
    [InlineData(0.9375, new[] { 0, 1, 2, 3, 4, 5, 6, 7 })]
    public async Task Verification_WithoutLogprobs_SeedChoosesTheVote(double confidence, int[] correct)
    {
        string model = confidence == 0.25 ? "small" : "large";
        List<int> saidCorrect = [];
        for (int seed = 0; seed < ReplayFixture.Samples; seed++)
        {
            JsonElement body = await PostAsync("r-0", $$"""{"model":"{{model}}","messages":[{"role":"user","content":"?"}],"seed":{{seed}}}""", "verification");
            if (Content(body) == "Correct")
            {
                saidCorrect.Add(seed);
            }
        }

        saidCorrect.Should().Equal(correct);
    }

    [Fact]
    public async Task Verification_SeedAndLogprobs_IsTheVoteWithItsOwnProbability()
    {
        JsonElement body = await PostAsync("r-0", """{"model":"small","messages":[{"role":"user","content":"?"}],"seed":0,"logprobs":true}""", "verification");

        Content(body).Should().Be("Incorrect");
        body.GetProperty("choices")[0].GetProperty("logprobs").GetProperty("content")[0].GetProperty("logprob").GetDouble().Should().Be(Math.Log(0.75));
    }

    [Fact]
    public async Task Verification_QuotedInAFrame_IsRecognisedWithoutAHeader()
    {
        string frame = $"Is this right?\n<q>{SampleRecords.All[0].Prompt}</q> <a>**Lead**</a> Verdict:";

        JsonElement body = await PostAsync("r-0", Request("small", frame, ""","seed":0"""));

        Content(body).Should().Be("Incorrect");
        body.GetProperty("usage").GetProperty("prompt_tokens").GetInt64().Should().Be(100);
    }

    [Fact]
    public async Task Verification_NoConfidenceRecorded_SaysNothingUsable()
    {
        JsonElement body = await PostAsync("r-2", """{"model":"small","messages":[{"role":"user","content":"?"}],"logprobs":true}""", "verification");

        body.GetProperty("choices")[0].GetProperty("logprobs").ValueKind.Should().Be(JsonValueKind.Null);
        Content(body).Should().NotContainEquivalentOf("correct");
    }

    [Fact]
    public async Task Completion_ConfidenceIsFree_AnswerCarriesIt()
    {
        JsonElement body = await PostAsync("r-1", Request("small", SampleRecords.All[1].Prompt, ""","logprobs":true"""));

        Content(body).Should().Be("B");
        body.GetProperty("choices")[0].GetProperty("logprobs").GetProperty("content")[0].GetProperty("logprob").GetDouble().Should().Be(Math.Log(0.8));
    }

    [Fact]
    public async Task Completion_ConfidenceMustBePaidFor_AnswerDoesNotCarryIt()
    {
        JsonElement body = await PostAsync("r-0", Request("small", SampleRecords.All[0].Prompt, ""","logprobs":true"""));

        body.GetProperty("choices")[0].GetProperty("logprobs").ValueKind.Should().Be(JsonValueKind.Null);
    }

    [Theory]
    [InlineData("r-0", "{", null, 400, "invalid_json")]
    [InlineData("r-0", "null", null, 400, "invalid_json")]
    [InlineData("r-0", """{"messages":[]}""", null, 400, "missing_parameter")]
    [InlineData("r-0", """{"model":"small","messages":[]}""", null, 400, "missing_parameter")]
    [InlineData("r-0", """{"model":"small","n":2,"messages":[{"role":"user","content":"?"}]}""", null, 400, "unsupported_parameter")]
    [InlineData("", Verify, "verification", 400, "record_required")]
    [InlineData("r-9", Verify, "verification", 404, "record_not_found")]
    [InlineData("r-0", """{"model":"huge","messages":[{"role":"user","content":"?"}]}""", null, 404, "model_not_found")]
    [InlineData("r-0", Verify, "guess", 400, "invalid_purpose")]
    [InlineData("r-0", Verify, null, 400, "purpose_not_recognised")]
    [InlineData("r-0", """{"model":"small","messages":[{"role":"user","content":"?"}]}""", "verification", 400, "seed_required")]
    [InlineData("r-0", """{"model":"small","seed":-1,"messages":[{"role":"user","content":"?"}]}""", "verification", 400, "invalid_seed")]
    public async Task Completion_RequestCannotBeAnswered_IsAnErrorInOpenAIsForm(string record, string request, string? purpose, int status, string code)
    {
        using HttpClient http = new();
        using HttpResponseMessage response = await http.SendAsync(Message(record, request, purpose));

        response.StatusCode.Should().Be((HttpStatusCode)status);
        JsonElement error = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement.GetProperty("error");
        error.GetProperty("code").GetString().Should().Be(code);
        error.GetProperty("type").GetString().Should().Be("invalid_request_error");
        error.GetProperty("message").GetString().Should().NotBeNullOrWhiteSpace();
    }

    [Fact]
    public async Task Models_Listed_AreTheRecordedOnes()
    {
        using HttpClient http = new();

        JsonElement list = JsonDocument.Parse(await http.GetStringAsync(new Uri(fixture.Server.Endpoint + "/models"))).RootElement;

        list.GetProperty("data").EnumerateArray().Select(model => model.GetProperty("id").GetString()).Should().Equal("small", "large");
    }

    private static string Request(string model, string prompt, string more = "") =>
        $$"""{"model":"{{model}}","messages":[{"role":"system","content":"{{SampleRecords.System}}"},{"role":"user","content":{{JsonSerializer.Serialize(prompt)}}}]{{more}}}""";

    private static string? Content(JsonElement body) => body.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString();

    private async Task<JsonElement> PostAsync(string record, string request, string? purpose = null) =>
        JsonDocument.Parse(await SendAsync(record, request, purpose)).RootElement;

    private async Task<string> SendAsync(string record, string request, string? purpose = null)
    {
        using HttpClient http = new();
        using HttpResponseMessage response = await http.SendAsync(Message(record, request, purpose));
        string text = await response.Content.ReadAsStringAsync();
        response.StatusCode.Should().Be(HttpStatusCode.OK, text);
        return text;
    }

    private HttpRequestMessage Message(string record, string request, string? purpose)
    {
        var message = new HttpRequestMessage(HttpMethod.Post, fixture.Server.Endpoint + "/chat/completions")
        {
            Content = new StringContent(request, Encoding.UTF8, "application/json"),
        };
        if (record.Length > 0)
        {
            message.Headers.Add(ReplayHeaders.Record, record);
        }

        if (purpose is not null)
        {
            message.Headers.Add(ReplayHeaders.Purpose, purpose);
        }

        return message;
    }
}
