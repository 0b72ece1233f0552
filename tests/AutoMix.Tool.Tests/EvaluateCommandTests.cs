using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using AutoMix.Tool.Evaluate;

namespace AutoMix.Tool;

public sealed class EvaluateCommandTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("automix-evaluate-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("default")]
    [InlineData("pomdp")]
    [InlineData("threshold")]
    public void Evaluate_Json_PrintsOneObjectWhoseFiguresFitTogether(string policy)
    {
        (int exit, string output, _) = Run("evaluate", "--train", Traces("train", 120), "--test", Traces("test", 80), "--policy", policy, "--keep", "0.95", "--json");
        exit.Should().Be(0);
        using JsonDocument json = JsonDocument.Parse(output);
        JsonElement root = json.RootElement;
        root.GetProperty("policy").GetString().Should().Be(policy);
        JsonElement best = root.GetProperty("best");
        JsonElement test = root.GetProperty("test");
        best.GetProperty("model").GetString().Should().Be("large");
        test.GetProperty("queries").GetInt32().Should().Be(80);
        root.GetProperty("relativeAccuracy").GetDouble().Should().BeApproximately(test.GetProperty("accuracy").GetDouble() / best.GetProperty("accuracy").GetDouble(), 1e-12);
        root.GetProperty("relativeCost").GetDouble().Should().BeApproximately(test.GetProperty("costPerQuery").GetDouble() / best.GetProperty("costPerQuery").GetDouble(), 1e-12);
        root.GetProperty("curve").EnumerateArray().Max(point => point.GetProperty("accuracy").GetDouble()).Should().Be(root.GetProperty("maxAccuracy").GetDouble());
        root.GetProperty("relativeCost").GetDouble().Should().BeLessThan(1, "the small model answers most of these as well");
        foreach (string name in (string[])["ibcLift", "aiq", "fitSeconds", "decisionsPerSecond"])
        {
            root.GetProperty(name).ValueKind.Should().Be(JsonValueKind.Number);
        }
    }

    [Fact]
    public void Evaluate_WithoutPolicy_RunsTheDefault() =>
        Run("evaluate", "--train", Traces("train", 60), "--test", Traces("test", 40), "--json").Output.Should().Contain("\"policy\":\"default\"");

    [Fact]
    public void Evaluate_WithoutJson_PrintsATable()
    {
        (int exit, string output, _) = Run("evaluate", "--train", Traces("train", 60), "--test", Traces("test", 40));
        exit.Should().Be(0);
        output.Should().Contain("always large").And.Contain("cost weight");
    }

    [Fact]
    public void Evaluate_ModelNameWithEscapeSequence_IsShownWithoutIt()
    {
        string train = Renamed("train", 60), test = Renamed("test", 40);
        (int exit, string output, string error) = Run("evaluate", "--train", train, "--test", test);
        exit.Should().Be(0, error);
        output.Should().Contain("[red]").And.NotContain("\u001b");

        string Renamed(string name, int rows)
        {
            string path = Traces(name, rows);
            File.WriteAllText(path, File.ReadAllText(path).Replace("\"large\"", "\"[red]\\u001b[2J\"", StringComparison.Ordinal));
            return path;
        }
    }

    [Fact]
    public void Evaluate_BrokenLine_NamesFileAndLineAndExitsWith1()
    {
        string path = Traces("train", 10);
        File.AppendAllText(path, "{broken\n");
        (int exit, _, string error) = Run("evaluate", "--train", path, "--test", Traces("test", 10));
        exit.Should().Be(1);
        error.Should().Contain("train.jsonl, line 11");
    }

    [Fact]
    public void Evaluate_TracesOfOtherModels_NamesBothLists()
    {
        string other = Path.Combine(_folder.FullName, "other.jsonl");
        File.WriteAllText(other, File.ReadAllText(Traces("test", 10)).Replace("\"large\"", "\"huge\"", StringComparison.Ordinal));
        (int exit, _, string error) = Run("evaluate", "--train", Traces("train", 10), "--test", other);
        exit.Should().Be(1);
        error.Should().Contain("small, large").And.Contain("small, huge");
    }

    [Theory]
    [InlineData("--keep", "2")]
    [InlineData("--budget-per-1k", "0.0000001")]
    [InlineData("--policy", "unheard-of")]
    public void Evaluate_ImpossibleGoalOrPolicy_ExitsWith1AndSaysWhatIsPossible(string option, string value)
    {
        (int exit, _, string error) = Run("evaluate", "--train", Traces("train", 30), "--test", Traces("test", 10), option, value);
        exit.Should().Be(1);
        error.Should().NotBeNullOrWhiteSpace();
    }

    [Fact]
    public void Evaluate_TwoGoals_IsAUsageError() =>
        Run("evaluate", "--train", "a", "--test", "b", "--keep", "0.9", "--error-cost", "1").Exit.Should().NotBe(0);

    [Fact]
    public void Evaluate_AllPolicies_ReportsEachOrSaysWhatItLacks()
    {
        (int exit, string output, string error) = Run("evaluate", "--train", Traces("train", 60), "--test", Traces("test", 40), "--policy", "all", "--keep", "0.9", "--json");
        exit.Should().Be(0, error);
        using JsonDocument json = JsonDocument.Parse(output);
        string[] reported = [.. json.RootElement.GetProperty("policies").EnumerateArray().Select(policy => policy.GetProperty("policy").GetString()!)];
        string[] leftOut = [.. json.RootElement.GetProperty("leftOut").EnumerateArray().Select(policy => policy.GetProperty("policy").GetString()!)];
        reported.Concat(leftOut).Should().BeEquivalentTo(Policies.PolicyRegistry.All.Select(family => family.Key));
        reported.Should().Contain(["default", "pomdp", "threshold"]);
        leftOut.Should().Contain("linucb", "these traces have no embeddings");
    }

    [Fact]
    public void Evaluate_RouterBenchTables_WithModelsInAnyOrder_AreRead()
    {
        string Table(string name, string columns, Func<int, string> row)
        {
            string path = Path.Combine(_folder.FullName, name + ".csv");
            File.WriteAllLines(path, [columns, .. Enumerable.Range(0, 60).Select(row)]);
            return path;
        }

        string train = Table("train", "sample_id,large,small,large|total_cost,small|total_cost", i => $"{i},1,{i % 3 / 2},0.01,0.001");
        string test = Table("test", "sample_id,small,large,small|total_cost,large|total_cost", i => $"{i},{i % 3 / 2},1,0.001,0.01");
        (int exit, string output, string error) = Run("evaluate", "--train", train, "--test", test, "--keep", "1", "--json");
        exit.Should().Be(0, error);
        using JsonDocument json = JsonDocument.Parse(output);
        json.RootElement.GetProperty("best").GetProperty("model").GetString().Should().Be("large");
        json.RootElement.GetProperty("relativeAccuracy").GetDouble().Should().Be(1);

        string plan = Path.Combine(_folder.FullName, "plan.json");
        string records = Path.Combine(_folder.FullName, "records.jsonl");
        foreach (string[] arguments in (string[][])[
            ["train", "--traces", train, "--output", plan, "--keep", "0.9"],
            ["report", "--plan", plan, "--traces", train, "--output", Path.Combine(_folder.FullName, "report.html")],
            ["explain", "--plan", plan, "--traces", train, "--id", "1"],
            ["compare", "--first", plan, "--second", plan, "--traces", train],
            ["simulate", "--traces", train, "--keep", "0.9"],
            ["convert", "--from", "routerbench", "--input", train, "--output", records]])
        {
            (exit, _, error) = ToolRun.Run(arguments);
            exit.Should().Be(0, $"{arguments[0]}: {error}");
        }

        TraceReader.Read(records).First().Answers.Select(answer => answer.Model).Should().Equal("small", "large");
    }

    private string Traces(string name, int rows)
    {
        var random = new Random(name.Length + rows);
        string path = Path.Combine(_folder.FullName, name + ".jsonl");
        File.WriteAllLines(path, Enumerable.Range(0, rows).Select(row =>
        {
            bool small = random.NextDouble() < 0.8;
            bool large = random.NextDouble() < (small ? 0.99 : 0.9);
            double confidence = small ? 0.6 + (0.4 * random.NextDouble()) : 0.7 * random.NextDouble();
            return string.Create(CultureInfo.InvariantCulture, $$"""{"id":"{{name}}-{{row}}","models":[{"model":"small","answer":"{{small}}","correct":{{(small ? "true" : "false")}},"confidence":{{confidence:F6}},"answer_cost_usd":0.00001,"verify_cost_usd":0.00001},{"model":"large","answer":"{{large}}","correct":{{(large ? "true" : "false")}},"answer_cost_usd":0.0002}]}""");
        }));
        return path;
    }

    private static (int Exit, string Output, string Error) Run(params string[] args)
    {
        var output = new StringWriter();
        var error = new StringWriter();
        int exit = new RootCommand { EvaluateCommand.Create() }.Parse(args).Invoke(new InvocationConfiguration { Output = output, Error = error });
        return (exit, output.ToString(), error.ToString());
    }
}
