using System.Globalization;
using System.Text.Json;

namespace AutoMix.Benchmarks.TraceStudy;

/// <summary>The study on folders of traces that nobody has seen: other numbers of models, and columns that are missing.</summary>
public sealed class StudyTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("automix-study-");

    public static TheoryData<string, Shape> Shapes => new()
    {
        { "two models, 50 rows", new Shape() },
        { "one model", new Shape { Models = 1 } },
        { "four models", new Shape { Models = 4 } },
        { "no confidences", new Shape { Confidences = false } },
        { "free confidences", new Shape { VerifyCost = 0 } },
        { "a model that is always correct", new Shape { AlwaysCorrect = true } },
        { "no model is ever correct", new Shape { NeverCorrect = true } },
        { "the cheapest model is the best", new Shape { CheapestIsBest = true } },
        { "graded qualities", new Shape { Graded = true } },
    };

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [MemberData(nameof(Shapes))]
    public async Task Run_TracesOfAnyShape_WritesEverySection(string situation, Shape shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        Write(shape, "unknown");

        string page = await RunAsync(policies: ["default", "pomdp", "grid-thresholds", "always", "expert-router"]);

        page.Should().Contain("| default |", situation).And.Contain("| random-mix |").And.Contain("## unknown").And.Contain("## Domain shift");
        page.Should().NotContain("NaN").And.NotContain("Infinity").And.NotContain("∞");
        File.Exists(Path.Combine(_folder.FullName, "out", "results", "unknown.svg")).Should().BeTrue();
    }

    [Fact]
    public async Task Run_EveryPolicy_HasARowOrIsNamedWithWhatItLacks()
    {
        Write(new Shape { Confidences = false }, "unknown");

        string page = await RunAsync(sections: ["policies"]);

        foreach (string key in Policies.PolicyRegistry.All.Select(family => family.Key))
        {
            page.Should().Match(p => p.Contains($"| {key} |") || p.Contains($"{key} (unknown lacks"), key);
        }
    }

    [Fact]
    public async Task Run_TwoSetsOfTheSameModels_TrainsOnOneAndRunsOnTheOther()
    {
        Write(new Shape { Seed = 1 }, "first");
        Write(new Shape { Seed = 2, AlwaysCorrect = true }, "second");

        string page = await RunAsync(sections: ["shift"]);

        page.Should().Contain("| first | second |").And.Contain("| second | first |").And.NotContain("## first");
    }

    [Fact]
    public async Task Run_MoreModelsThanPlansAreExactFor_Runs()
    {
        Write(new Shape { Models = TestSize.Of(8, 12) }, "unknown");

        (await RunAsync(sections: ["savings"])).Should().Contain("| unknown | saves ");
    }

    [Fact]
    public async Task Run_TracesWithoutPrices_SaysSo()
    {
        Write(new Shape { Price = 0 }, "unknown");

        (await FluentActions.Awaiting(() => RunAsync(sections: ["savings"])).Should().ThrowAsync<ArgumentException>()).WithMessage("*needs Prices*Record what each answer costs*");
    }

    [Fact]
    public async Task Run_UnknownSection_ListsThoseThatExist() =>
        (await FluentActions.Awaiting(() => RunAsync(sections: ["nothing"])).Should().ThrowAsync<ArgumentException>()).WithMessage("*no section 'nothing'*learning*");

    [Fact]
    public void Parse_UnknownOption_ListsThoseThatExist() =>
        FluentActions.Invoking(() => StudyOptions.Parse(["--trace", "x"])).Should().Throw<ArgumentException>().WithMessage("*'--trace'*--traces*");

    private async Task<string> RunAsync(string[]? policies = null, string[]? sections = null)
    {
        string output = Path.Combine(_folder.CreateSubdirectory("out").FullName, "page.md");
        await Study.RunAsync(new StudyOptions { Traces = _folder.FullName, Output = output, Policies = policies, Sections = sections });
        return await File.ReadAllTextAsync(output);
    }

    private void Write(Shape shape, string name)
    {
        File.WriteAllLines(Path.Combine(_folder.FullName, name + ".train.jsonl"), shape.Lines("train"));
        File.WriteAllLines(Path.Combine(_folder.FullName, name + ".test.jsonl"), shape.Lines("test"));
    }

    /// <summary>Made-up traces of a shape.</summary>
    public sealed record Shape
    {
        public int Models { get; init; } = 2;

        public int Rows { get; init; } = 50;

        public int Seed { get; init; }

        public bool Confidences { get; init; } = true;

        public double VerifyCost { get; init; } = 0.0001;

        public double Price { get; init; } = 0.001;

        public bool AlwaysCorrect { get; init; }

        public bool NeverCorrect { get; init; }

        public bool CheapestIsBest { get; init; }

        public bool Graded { get; init; }

        public IEnumerable<string> Lines(string split)
        {
            var random = new Random(Seed + (split == "test" ? 1000 : 0));
            for (int row = 0; row < Rows; row++)
            {
                double easiness = random.NextDouble();
                yield return JsonSerializer.Serialize(new Dictionary<string, object>
                {
                    ["id"] = string.Create(CultureInfo.InvariantCulture, $"{split}-{Seed}-{row}"),
                    ["models"] = Enumerable.Range(0, Models).Select(m => Answer(m, easiness, random)).ToArray(),
                });
            }
        }

        private Dictionary<string, object> Answer(int model, double easiness, Random random)
        {
            double skill = (model + 1.0) / (Models + 1);
            bool correct = !NeverCorrect && (CheapestIsBest ? model == 0 || random.NextDouble() < 0.5
                : (AlwaysCorrect && model == Models - 1) || random.NextDouble() < (skill + easiness) / 2);
            var answer = new Dictionary<string, object>
            {
                ["model"] = "m" + model,
                ["answer"] = correct ? "right" : "wrong" + random.Next(3),
                ["correct"] = correct,
                ["answer_cost_usd"] = Price * Math.Pow(3, model),
                ["verify_cost_usd"] = Confidences ? VerifyCost : 0,
            };
            if (Graded)
            {
                answer["correct"] = Math.Round(correct ? 0.6 + (0.4 * random.NextDouble()) : 0.4 * random.NextDouble(), 2);
            }

            if (Confidences)
            {
                answer["confidence"] = Math.Clamp((correct ? 0.7 : 0.4) + (0.3 * (random.NextDouble() - 0.5)), 0, 1);
            }

            return answer;
        }
    }
}
