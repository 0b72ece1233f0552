using System.ClientModel.Primitives;
using System.Text.Json;
using AutoMix.Replay;
using AutoMix.Tool.Collect;
using AutoMix.Tool.Serve;
using OpenAI.Chat;

namespace AutoMix.Tool;

/// <summary>An afternoon with the tool, over real HTTP: collect, train, evaluate, report, serve.</summary>
public sealed class WholePathTests : IDisposable
{
    private const int Asked = 40;
    private readonly ToolRun _files = new();

    public void Dispose() => _files.Dispose();

    [TracesFact]
    public async Task Path_FromQuestionsToAServer_SavesLiveWhatItSavedOffline()
    {
        TraceRecord[] test = [.. Pair("mmlu.llama.test").Take(Asked)];
        var recording = new Recording(_files, [.. Pair("mmlu.llama.train")]);
        string recorded = _files.Path("recorded.jsonl");
        string held = _files.Path("test.jsonl");
        TraceWriter.Write(recorded, recording.Records);
        TraceWriter.Write(held, test);
        await using ReplayServer provider = await ReplayServer.StartAsync(new RecordedAnswers([.. recording.Records, .. test]));
        string configuration = recording.Configuration(provider.Endpoint, "AnswerProbability");
        string traces = _files.Path("traces.jsonl.gz");
        string plan = _files.Path("plan.json");

        ToolRun.Json("collect", "--questions", recording.Questions(), "--config", configuration, "--output", traces, "--grade", "exact");
        ToolRun.Json("train", "--traces", traces, "--output", plan, "--policy", "pomdp", "--keep", "0.95");
        JsonElement collected = ToolRun.Json("evaluate", "--train", traces, "--test", held, "--policy", "pomdp", "--keep", "0.95");
        JsonElement original = ToolRun.Json("evaluate", "--train", recorded, "--test", held, "--policy", "pomdp", "--keep", "0.95");
        collected.GetProperty("relativeCost").GetDouble().Should().BeApproximately(original.GetProperty("relativeCost").GetDouble(), 1e-9, "what was collected is what was recorded");
        collected.GetProperty("relativeAccuracy").GetDouble().Should().Be(original.GetProperty("relativeAccuracy").GetDouble());
        ToolRun.Json("report", "--plan", plan, "--traces", held, "--output", _files.Path("report.html"));
        File.ReadAllText(_files.Path("report.html")).Should().Contain("</html>");

        await using ServeApp server = await ServeAsync(configuration, plan);
        decimal correct = 0;
        foreach (TraceRecord record in test)
        {
            ChatClient client = Serving.ClientOf(server.Url, policy: new RecordHeader(record.Id));
            ChatCompletion completion = await client.CompleteChatAsync(new SystemChatMessage(record.System), new UserChatMessage(record.Prompt));
            TraceAnswer answer = record.Answers.Single(candidate => candidate.Model == completion.Model);
            completion.Content[0].Text.Should().Be(answer.Answer);
            correct += (decimal)answer.Quality;
        }

        (correct / Asked).Should().Be((decimal)collected.GetProperty("test").GetProperty("accuracy").GetDouble(), "the plan decides live as it was evaluated");
        using var http = new HttpClient();
        using var events = new StreamReader(await http.GetStreamAsync(new Uri(server.Url, "events")));
        using JsonDocument now = JsonDocument.Parse((await events.ReadLineAsync())!["data: ".Length..]);
        now.RootElement.GetProperty("requests").GetInt32().Should().Be(Asked);
        now.RootElement.GetProperty("spent").GetDouble().Should().BeApproximately(Asked * collected.GetProperty("test").GetProperty("costPerQuery").GetDouble(), 1e-9);
    }

    // Two of the five models: enough for a plan, and trained in a second.
    private static IEnumerable<TraceRecord> Pair(string name) =>
        RecordedTraces.Read(name).Select(record => record with { Answers = [record.Answers[1], record.Answers[3]] });

    private Task<ServeApp> ServeAsync(string configuration, string plan)
    {
        string served = _files.Path("serve.json");
        File.WriteAllText(served, File.ReadAllText(configuration)[..^1] + ",\"Serve\":{\"ForwardHeaders\":[\"" + ReplayHeaders.Record + "\"]}}");
        return Serving.StartAsync(served, plan);
    }

    /// <summary>Names the record to the replay, through the server.</summary>
    private sealed class RecordHeader(string id) : PipelinePolicy
    {
        public override void Process(PipelineMessage message, IReadOnlyList<PipelinePolicy> pipeline, int currentIndex)
        {
            message.Request.Headers.Set(ReplayHeaders.Record, id);
            ProcessNext(message, pipeline, currentIndex);
        }

        public override ValueTask ProcessAsync(PipelineMessage message, IReadOnlyList<PipelinePolicy> pipeline, int currentIndex)
        {
            message.Request.Headers.Set(ReplayHeaders.Record, id);
            return ProcessNextAsync(message, pipeline, currentIndex);
        }
    }
}
