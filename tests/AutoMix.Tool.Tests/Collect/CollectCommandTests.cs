using System.Diagnostics;
using System.Text.Json;
using AutoMix.Replay;
using AutoMix.Tool.Serve;

namespace AutoMix.Tool.Collect;

public sealed class CollectCommandTests : IDisposable
{
    private readonly ToolRun _files = new();

    public void Dispose() => _files.Dispose();

    [Theory]
    [InlineData("PTrue", false)]
    [InlineData("AnswerProbability", true)]
    public async Task Collect_FromReplay_TracesEqualTheRecordedOnes(string confidence, bool free)
    {
        Recording recording = Recording.Simulated(_files, 40, free);
        await CollectAndCompareAsync(recording, confidence);
    }

    [TracesTheory]
    [InlineData("mmlu.llama", "AnswerProbability")]
    [InlineData("mmlu.qwen_oai", "AnswerProbability")]
    [InlineData("triviaqa.llama", "PTrue")]
    [InlineData("triviaqa.qwen_oai", "PTrue")]
    public async Task Collect_FromReplayOfRecordedModels_TracesEqualTheRecordedOnes(string set, string confidence)
    {
        TraceRecord[] records = [.. RecordedTraces.Read($"{set}.train")];
        await CollectAndCompareAsync(new Recording(_files, records), confidence);
    }

    [Fact]
    public async Task Collect_KilledMidwayAndRunAgain_PaysForNothingTwice()
    {
        Recording recording = Recording.Simulated(_files, 60);
        using Process tool = new();
        int kills = 0;
        await using ReplayServer server = await ReplayServer.StartAsync(recording.Answers, new ReplayOptions
        {
            OnCompletion = number =>
            {
                // SIGKILL, while this answer and others are on their way.
                if (number == recording.Calls / 3 && Interlocked.Exchange(ref kills, 1) == 0)
                {
                    tool.Kill();
                }
            },
        });
        string[] arguments = Arguments(recording, server.Endpoint, "PTrue");
        tool.StartInfo = new ProcessStartInfo("dotnet", [typeof(AutomixCommand).Assembly.Location, .. arguments]) { RedirectStandardError = true, RedirectStandardOutput = true };
        tool.Start();
        await tool.WaitForExitAsync();
        tool.ExitCode.Should().NotBe(0);
        server.Completions.Should().BeLessThan(recording.Calls);
        File.Exists(_files.Path("traces.jsonl")).Should().BeFalse("a file of half the questions would look like all");

        JsonElement report = ToolRun.Json(arguments);

        report.GetProperty("complete").GetInt32().Should().Be(60);
        server.Completions.Should().Be(recording.Calls, "every call is counted at the server, and none of them twice");
        report.GetProperty("costSoFar").GetDouble().Should().BeApproximately(
            recording.Records.Sum(record => record.Answers.Sum(answer => answer.AnswerCost + answer.VerifyCost)), 1e-12);
        Compare(recording);
    }

    [Fact]
    public async Task Collect_RunTwice_AsksNothingTheSecondTime()
    {
        Recording recording = Recording.Simulated(_files, 10);
        await using ReplayServer server = await ReplayServer.StartAsync(recording.Answers);
        ToolRun.Json(Arguments(recording, server.Endpoint, "PTrue"));

        JsonElement again = ToolRun.Json(Arguments(recording, server.Endpoint, "PTrue"));

        again.GetProperty("calls").GetInt32().Should().Be(0);
        again.GetProperty("cost").GetDouble().Should().Be(0);
        again.GetProperty("complete").GetInt32().Should().Be(10);
        server.Completions.Should().Be(recording.Calls);
    }

    [Fact]
    public async Task Collect_MaxCost_IsNeverPassedAndTheRestFollowsWithMore()
    {
        Recording recording = Recording.Simulated(_files, 40);
        await using ReplayServer server = await ReplayServer.StartAsync(recording.Answers);
        double all = recording.Records.Sum(record => record.Answers.Sum(answer => answer.AnswerCost + answer.VerifyCost));
        string most = (all / 2).ToString("F9", System.Globalization.CultureInfo.InvariantCulture);
        string[] arguments = [.. Arguments(recording, server.Endpoint, "PTrue"), "--json"];

        (int exit, string output, _) = ToolRun.Run([.. arguments, "--max-cost", most]);

        exit.Should().Be(ExitCodes.Incomplete);
        using JsonDocument report = JsonDocument.Parse(output);
        report.RootElement.GetProperty("costSoFar").GetDouble().Should().BePositive().And.BeLessThanOrEqualTo(all / 2);
        report.RootElement.GetProperty("stopped").GetString().Should().Contain("--max-cost");
        ToolRun.Run(arguments).Exit.Should().Be(0);
        server.Completions.Should().Be(recording.Calls);
    }

    [Fact]
    public async Task Collect_Votes_AreKeptRawAndScoredAgainWithoutACall()
    {
        Recording recording = Recording.Simulated(_files, 6);
        await using ReplayServer server = await ReplayServer.StartAsync(recording.Answers);
        string[] arguments = Arguments(recording, server.Endpoint, "Self");
        ToolRun.Json(arguments);
        int completions = server.Completions;
        string[] votes = [.. File.ReadLines(_files.Path("traces.jsonl.journal")).Where(line => line.Contains("\"Verification\"", StringComparison.Ordinal))];
        votes.Should().HaveCount(6 * 2 * 8).And.AllSatisfy(vote => vote.Should().Contain("orrect\""));
        TraceReader.Read(_files.Path("traces.jsonl")).Zip(recording.Records).Should().AllSatisfy(pair =>
            pair.First.Answers[0].Confidence.Should().Be(Votes.Quantise(pair.Second.Answers[0].Confidence!.Value, 8)));

        // The first four of the eight votes, and another way to grade.
        File.WriteAllText(_files.Path("automix.json"), File.ReadAllText(_files.Path("automix.json")).Replace("\"Self\"", "\"Self\",\"Samples\":4", StringComparison.Ordinal));
        JsonElement again = ToolRun.Json([.. arguments[..^1], "regex", "--max-cost", "0"]);

        again.GetProperty("complete").GetInt32().Should().Be(6);
        server.Completions.Should().Be(completions);
        TraceReader.Read(_files.Path("traces.jsonl")).Select(record => record.Answers[0].Confidence * 4).Should().OnlyContain(quarters => quarters == Math.Round(quarters!.Value));
    }

    [Fact]
    public async Task Collect_WithAModelThatTheServerLacks_SaysWhatTheServerSaid()
    {
        Recording recording = Recording.Simulated(_files, 3);
        await using ReplayServer server = await ReplayServer.StartAsync(recording.Answers);
        string[] arguments = Arguments(recording, server.Endpoint, "None");
        File.WriteAllText(_files.Path("automix.json"), File.ReadAllText(_files.Path("automix.json")).Replace("\"Name\":\"large\"", "\"Name\":\"large\",\"Model\":\"huge\"", StringComparison.Ordinal));

        (int exit, string output, _) = ToolRun.Run([.. arguments, "--json"]);

        exit.Should().Be(ExitCodes.Incomplete);
        output.Should().Contain("huge").And.Contain("\"complete\":0");
        TraceReaderOfEmptyFile().Should().Throw<TraceFormatException>();

        Action TraceReaderOfEmptyFile() => () => _ = TraceReader.Read(_files.Path("traces.jsonl")).Count();
    }

    [Fact]
    public void Collect_WithAJudge_LetsAnotherModelGradeAndKeepsItOutOfTheTraces()
    {
        File.WriteAllText(_files.Path("questions.jsonl"), """
            {"id":"easy","prompt":"count"}
            {"id":"hard","prompt":"never right"}
            """);
        File.WriteAllText(_files.Path("automix.json"), JsonSerializer.Serialize(new
        {
            Providers = new[] { "small", "large", "judge" }.Select(name => new
            {
                Name = name,
                Assembly = typeof(ScriptedModel).Assembly.Location,
                Factory = $"{typeof(ScriptedModel).FullName}.{nameof(ScriptedModel.Create)}",
            }),
            Verification = new { Confidence = "None" },
        }));

        JsonElement report = ToolRun.Json("collect", "--questions", _files.Path("questions.jsonl"), "--config", _files.Path("automix.json"), "--output", _files.Path("traces.jsonl"), "--grade", "judge", "--judge", "judge");

        report.GetProperty("calls").GetInt32().Should().Be(2 * 2 * 2, "each answer is one call, and its grade another");
        report.GetProperty("warnings").ToString().Should().Contain("small has no price");
        TraceReader.Read(_files.Path("traces.jsonl")).SelectMany(record => record.Answers.Select(answer => (record.Id, answer.Model, answer.Quality))).Should().Equal(
            ("easy", "small", 1), ("easy", "large", 1), ("hard", "small", 0), ("hard", "large", 0));
    }

    [Fact]
    public async Task Collect_QuestionWithoutReference_IsRefusedBeforeAnythingIsPaid()
    {
        Recording recording = Recording.Simulated(_files, 3);
        await using ReplayServer server = await ReplayServer.StartAsync(recording.Answers);
        string[] arguments = Arguments(recording, server.Endpoint, "None");
        File.AppendAllText(_files.Path("questions.jsonl"), """{"id":"bare","prompt":"Why?"}""");

        (int exit, _, string error) = ToolRun.Run(arguments);

        exit.Should().Be(ExitCodes.BadInput);
        error.Should().Contain("bare").And.Contain("--grade judge");
        server.Completions.Should().Be(0);
    }

    private async Task CollectAndCompareAsync(Recording recording, string confidence)
    {
        await using ReplayServer server = await ReplayServer.StartAsync(recording.Answers);
        JsonElement report = ToolRun.Json(Arguments(recording, server.Endpoint, confidence));
        report.GetProperty("complete").GetInt32().Should().Be(recording.Records.Count, report.ToString());
        server.Completions.Should().Be(recording.Calls);
        Compare(recording);
    }

    private void Compare(Recording recording)
    {
        TraceRecord[] collected = [.. TraceReader.Read(_files.Path("traces.jsonl"))];
        collected.Should().HaveCount(recording.Records.Count);
        foreach ((TraceRecord got, TraceRecord wanted) in collected.Zip(recording.Records))
        {
            (got with { Answers = wanted.Answers }).Should().Be(wanted);
            foreach ((TraceAnswer answer, TraceAnswer recorded) in got.Answers.Zip(wanted.Answers))
            {
                (answer with { Confidence = null, AnswerCost = 0, VerifyCost = 0, Seconds = 0 }).Should().Be(recorded with { Confidence = null, AnswerCost = 0, VerifyCost = 0, Seconds = 0 });
                answer.AnswerCost.Should().BeApproximately(recorded.AnswerCost, 1e-12);
                answer.VerifyCost.Should().BeApproximately(recorded.VerifyCost, 1e-12);
                (answer.Confidence is null).Should().Be(recorded.Confidence is null);
                (answer.Confidence ?? 0).Should().BeApproximately(recorded.Confidence ?? 0, 1e-9);
            }
        }
    }

    private string[] Arguments(Recording recording, Uri endpoint, string confidence) =>
    [
        "collect", "--questions", recording.Questions(), "--config", recording.Configuration(endpoint, confidence), "--output", _files.Path("traces.jsonl"), "--grade", "exact",
    ];
}
