using System.Text.Json;
using AutoMix.Replay;

namespace AutoMix.Tool.Collect;

/// <summary>Recorded traces, the questions and the configuration that collect them again from a replay.</summary>
internal sealed class Recording(ToolRun files, IReadOnlyList<TraceRecord> records)
{
    /// <summary>A text that no model answers.</summary>
    private const string NoAnswer = "(no recorded answer is correct)";

    public IReadOnlyList<TraceRecord> Records => records;

    public string[] Models { get; } = [.. records[0].Answers.Select(answer => answer.Model)];

    public RecordedAnswers Answers { get; } = new(records);

    /// <summary>Answers and paid verifications: as many completions as one collection takes.</summary>
    public int Calls => records.Sum(record => record.Answers.Sum(answer => answer.VerifyCost > 0 ? 2 : 1));

    /// <summary>Made-up records whose costs follow from prices; every verification is paid for, or comes with the answer.</summary>
    public static Recording Simulated(ToolRun files, int count, bool free = false)
    {
        var random = new Random(count);
        return new Recording(files, [.. Enumerable.Range(0, count).Select(i => new TraceRecord
        {
            Id = $"q-{i}",
            System = "Answer in one word.",
            Prompt = $"What follows \"{i}\"?",
            Answers = [Answer("small", 0.1, 0.4, 0.7), Answer("large", 2, 8, 0.95)],
        })]);

        TraceAnswer Answer(string model, double input, double output, double accuracy)
        {
            bool correct = random.NextDouble() < accuracy;
            int tokens = random.Next(20, 200);
            return new TraceAnswer
            {
                Model = model,
                Answer = correct ? "right" : $"wrong of {model}",
                Quality = correct ? 1 : 0,
                Confidence = Math.Round(correct ? 0.5 + (0.5 * random.NextDouble()) : 0.6 * random.NextDouble(), 9),
                InputTokens = tokens,
                OutputTokens = 3,
                AnswerCost = ((tokens * input) + (3 * output)) / 1e6,
                VerifyCost = free ? 0 : ((2 * tokens * input) + output) / 1e6,
            };
        }
    }

    /// <summary>The questions: every answer that was graded as correct is a reference.</summary>
    public string Questions()
    {
        string path = files.Path("questions.jsonl");
        File.WriteAllLines(path, records.Select(record => JsonSerializer.Serialize(new
        {
            id = record.Id,
            system = record.System,
            prompt = record.Prompt,
            dataset = record.Dataset,
            split = record.Split,
            reference = record.Answers.Where(answer => answer.Quality == 1).Select(answer => answer.Answer).DefaultIfEmpty(NoAnswer).Distinct(),
        })));
        return path;
    }

    /// <summary>The configuration for a replay.</summary>
    public string Configuration(Uri endpoint, string confidence, int concurrency = 4)
    {
        string path = files.Path("automix.json");
        File.WriteAllText(path, JsonSerializer.Serialize(new
        {
            Providers = Models.Select(model => new
            {
                Name = model,
                Endpoint = endpoint,
                Headers = new Dictionary<string, string> { [ReplayHeaders.Record] = "{id}" },
                Concurrency = concurrency,
            }),
            Verification = new { Confidence = confidence },
            AutoMix = new
            {
                Models = Models.ToDictionary(model => model, model => new { InputPrice = Answers.PriceOf(model).Input, OutputPrice = Answers.PriceOf(model).Output }),
            },
        }));
        return path;
    }
}
