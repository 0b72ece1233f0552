using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace AutoMix.Tool.Conversions;

public sealed class ConvertCommandTests : IDisposable
{
    private readonly ToolRun _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public void Convert_RouterBench_KeepsScoresAndCosts()
    {
        string input = Write("bench.csv", "sample_id,prompt,eval_name,small,large,small|model_response,large|model_response,small|total_cost,large|total_cost\n1,Why?,mmlu,0,1,no,yes,0.001,0.01\n");
        TraceRecord record = Convert("routerbench", input).Single();
        record.Answers.Select(answer => (answer.Model, answer.Quality, answer.Answer, answer.AnswerCost)).Should().Equal(("small", 0, "no", 0.001), ("large", 1, "yes", 0.01));
    }

    [Theory]
    [InlineData("t.csv", "dataset,question,llama13b_pred_ans,llama13b_f1,llama70b_f1,p_ver_13b\nqa,\"Who, then?\",he,0.25,1.0,0.75\nqa,What?,it,1,0,\n")]
    [InlineData("t.jsonl", """{"dataset":"qa","question":"Who, then?","llama13b_pred_ans":"he","llama13b_f1":0.25,"llama70b_f1":1.0,"p_ver_13b":0.75}""" + "\n" + """{"dataset":"qa","question":"What?","llama13b_pred_ans":"it","llama13b_f1":1,"llama70b_f1":0,"p_ver_13b":null}""" + "\n")]
    public void Convert_ReferenceTable_HasTheDefaultsOfThePaper(string name, string text)
    {
        TraceRecord[] records = Convert("reference", Write(name, text));
        records.Select(record => record.Prompt).Should().Equal("Who, then?", "What?");
        TraceAnswer small = records[0].Answers[0];
        (small.Model, small.Answer, small.Quality, small.Confidence, small.AnswerCost, small.VerifyCost).Should().Be(("llama13b", "he", 0.25, 0.75, 1, 1));
        TraceAnswer large = records[0].Answers[1];
        (large.Model, large.Quality, large.Confidence, large.AnswerCost, large.VerifyCost).Should().Be(("llama70b", 1, (double?)null, 50, 0));
        records[1].Answers[0].Confidence.Should().BeNull();
    }

    [Fact]
    public void Convert_ReferenceTableWithOtherColumns_SaysHowToNameThem()
    {
        (int exit, _, string error) = ToolRun.Run("convert", "--from", "reference", "--input", Write("t.csv", "question,a\nWhat?,1\n"), "--output", _files.Path("out.jsonl"));
        exit.Should().Be(ExitCodes.BadInput);
        error.Should().Contain("llama13b_f1").And.Contain("--slm-column");
        File.Exists(_files.Path("out.jsonl")).Should().BeFalse();
    }

    [Fact]
    public void Convert_LiteLlm_JoinsModelsByQuestionAndGradesByTheReferenceModel()
    {
        string log = Write("log.jsonl", string.Join('\n',
            LiteLlm("small", "Capital of Norway?", "Oslo.", 0.001),
            LiteLlm("large", "Capital of Norway?", "Oslo", 0.01),
            LiteLlm("small", "Capital of Chad?", "Lima", 0.001),
            LiteLlm("large", "Capital of Chad?", "N'Djamena", 0.01),
            LiteLlm("small", "Asked of one only", "x", 0.001),
            """{"status":"failure","model":"large","messages":[]}"""));
        TraceRecord[] records = Convert("litellm", log, "--reference-model", "large");
        records.Select(record => record.Prompt).Should().Equal("Capital of Norway?", "Capital of Chad?");
        records[0].Answers.Select(answer => (answer.Model, answer.Quality, answer.AnswerCost, answer.InputTokens, answer.Seconds)).Should().Equal(("small", 1, 0.001, 9, 1.5), ("large", 1, 0.01, 9, 1.5));
        records[1].Answers[0].Quality.Should().Be(0);
    }

    [Fact]
    public void Convert_OpenAIBatches_FindsRequestsAndPricesAndReferences()
    {
        string requests = Write("requests.jsonl", string.Join('\n',
            """{"custom_id":"q1","method":"POST","url":"/v1/chat/completions","body":{"model":"gpt-4o","messages":[{"role":"system","content":"S"},{"role":"user","content":"2+2?"}]}}""",
            """{"custom_id":"q1","method":"POST","url":"/v1/chat/completions","body":{"model":"gpt-4o-mini","messages":[{"role":"system","content":"S"},{"role":"user","content":"2+2?"}]}}"""));
        string outputs = Write("outputs.jsonl", string.Join('\n', Output("gpt-4o-mini-2024-07-18", "5"), Output("gpt-4o-2024-08-06", "It is 4")));
        string questions = Write("questions.jsonl", """{"id":"q1","prompt":"2+2?","reference":"4"}""");
        string config = Write("automix.json", """{"Providers":[{"Name":"gpt-4o","Endpoint":"http://x"}],"AutoMix":{"Models":{"gpt-4o":{"InputPrice":1,"OutputPrice":2},"gpt-4o-mini":{"InputPrice":0.1,"OutputPrice":0.2}}}}""");
        ToolRun.Run("convert", "--from", "openai", "--input", requests, outputs, "--questions", questions, "--grade", "numeric", "--config", config, "--models", "gpt-4o-mini", "gpt-4o", "--output", _files.Path("out.jsonl")).Exit.Should().Be(0);
        TraceRecord record = TraceReader.Read(_files.Path("out.jsonl")).Single();
        (record.Id, record.System, record.Prompt).Should().Be(("q1", "S", "2+2?"));
        record.Answers.Select(answer => (answer.Model, answer.Answer, answer.Quality, answer.AnswerCost)).Should().Equal(("gpt-4o-mini", "5", 0, 1.4e-6), ("gpt-4o", "It is 4", 1, 1.4e-5));

        static string Output(string model, string answer) =>
            $$$$$"""{"id":"r","custom_id":"q1","response":{"status_code":200,"body":{"object":"chat.completion","model":"{{{{{model}}}}}","choices":[{"index":0,"message":{"role":"assistant","content":"{{{{{answer}}}}}"}}],"usage":{"prompt_tokens":10,"completion_tokens":2}}}}""";
    }

    [Fact]
    public async Task Convert_OpenTelemetry_ReadsWhatMicrosoftExtensionsAIWrites()
    {
        var lines = new List<string>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "convert-test",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity => lines.Add(Export(activity)),
        };
        ActivitySource.AddActivityListener(listener);
        foreach (string model in (string[])["small", "large"])
        {
            using IChatClient client = new Fixed(model).AsBuilder().UseOpenTelemetry(sourceName: "convert-test", configure: telemetry => telemetry.EnableSensitiveData = true).Build();
            await client.GetResponseAsync([new(ChatRole.System, "Be brief."), new(ChatRole.User, "Capital?")], new ChatOptions { ModelId = model });
        }

        TraceRecord record = Convert("opentelemetry", Write("otel.jsonl", string.Join('\n', lines)), "--reference-model", "large").Single();
        (record.System, record.Prompt).Should().Be(("Be brief.", "Capital?"));
        record.Answers.Select(answer => (answer.Model, answer.Answer, answer.InputTokens, answer.OutputTokens)).Should().Equal(("small", "answer of small", 12, 3), ("large", "answer of large", 12, 3));
    }

    [Fact]
    public void Convert_LogWithoutGrades_AsksForThem()
    {
        (int exit, _, string error) = ToolRun.Run("convert", "--from", "litellm", "--input", Write("log.jsonl", LiteLlm("small", "a", "b", 1)), "--output", _files.Path("out.jsonl"));
        exit.Should().Be(ExitCodes.BadInput);
        error.Should().Contain("--questions").And.Contain("--reference-model");
    }

    [Theory]
    [InlineData("{broken", "line 1")]
    [InlineData("[]", "line 1")]
    public void Convert_BrokenLog_NamesTheLine(string text, string named)
    {
        (int exit, _, string error) = ToolRun.Run("convert", "--from", "litellm", "--input", Write("log.jsonl", text), "--reference-model", "a", "--output", _files.Path("out.jsonl"));
        exit.Should().Be(ExitCodes.BadInput);
        error.Should().Contain(named);
    }

    private TraceRecord[] Convert(string from, string input, params string[] more)
    {
        (int exit, _, string error) = ToolRun.Run(["convert", "--from", from, "--input", input, "--output", _files.Path("out.jsonl"), .. more]);
        exit.Should().Be(0, error);
        return [.. TraceReader.Read(_files.Path("out.jsonl"))];
    }

    private string Write(string name, string text)
    {
        File.WriteAllText(_files.Path(name), text);
        return _files.Path(name);
    }

    private static string LiteLlm(string model, string prompt, string answer, double cost) => JsonSerializer.Serialize(new
    {
        id = "x",
        status = "success",
        model,
        messages = new[] { new { role = "user", content = prompt } },
        response = new { choices = new[] { new { message = new { role = "assistant", content = answer } } } },
        prompt_tokens = 9,
        completion_tokens = 2,
        response_cost = cost,
        startTime = 100.0,
        endTime = 101.5,
    });

    // As the file exporter of the collector writes a span.
    private static string Export(Activity activity) => JsonSerializer.Serialize(new
    {
        resourceSpans = new[]
        {
            new
            {
                scopeSpans = new[]
                {
                    new
                    {
                        spans = new[]
                        {
                            new
                            {
                                name = activity.DisplayName,
                                startTimeUnixNano = "1000000000",
                                endTimeUnixNano = "2000000000",
                                attributes = activity.TagObjects.Select(tag => new { key = tag.Key, value = Value(tag.Value) }),
                            },
                        },
                    },
                },
            },
        },
    });

    private static Dictionary<string, string> Value(object? value) => value is int or long
        ? new() { ["intValue"] = System.Convert.ToString(value, CultureInfo.InvariantCulture)! }
        : new() { ["stringValue"] = System.Convert.ToString(value, CultureInfo.InvariantCulture) ?? "" };

    private sealed class Fixed(string model) : IChatClient
    {
        public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            Task.FromResult(new ChatResponse(new ChatMessage(ChatRole.Assistant, $"answer of {model}")) { ModelId = model, Usage = new() { InputTokenCount = 12, OutputTokenCount = 3 } });

        public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException();

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }
    }
}
