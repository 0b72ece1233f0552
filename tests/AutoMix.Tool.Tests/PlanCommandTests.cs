using System.Text.Json;

namespace AutoMix.Tool;

/// <summary>compare, explain, inspect and simulate.</summary>
public sealed class PlanCommandTests : IDisposable
{
    private readonly ToolRun _tool = new();

    public void Dispose() => _tool.Dispose();

    [Fact]
    public void Compare_PolicyWithItself_FindsNoDifference()
    {
        string plan = Plan("pomdp");
        JsonElement report = ToolRun.Json("compare", "--first", plan, "--second", plan, "--traces", _tool.Traces("test", 100));
        report.GetProperty("sameModel").GetDouble().Should().Be(1);
        report.GetProperty("pValue").GetDouble().Should().Be(1);
        report.GetProperty("accuracyRatio").GetProperty("value").GetDouble().Should().Be(1);
        report.GetProperty("costRatio").GetProperty("high").GetDouble().Should().Be(1);
    }

    [Fact]
    public void Compare_CheapAgainstCareful_CountsWhatOnlyOneGotRight()
    {
        string cheap = Plan("pomdp", "--error-cost", "0.00001");
        string careful = Plan("pomdp", "--error-cost", "1");
        string traces = _tool.Traces("test", 200);
        JsonElement report = ToolRun.Json("compare", "--first", cheap, "--second", careful, "--traces", traces);
        report.GetProperty("costRatio").GetProperty("low").GetDouble().Should().BeGreaterThan(1);
        report.GetProperty("onlySecond").GetInt32().Should().BeGreaterThan(report.GetProperty("onlyFirst").GetInt32());
        report.GetProperty("pValue").GetDouble().Should().BeLessThan(0.05);
    }

    [Theory]
    [InlineData("pomdp")]
    [InlineData("default")]
    [InlineData("threshold")]
    public void Explain_EveryStep_FollowsFromWhatWasObserved(string policy)
    {
        string plan = Plan(policy);
        string traces = _tool.Traces("test", 40);
        for (int row = 0; row < 10; row++)
        {
            JsonElement explanation = ToolRun.Json("explain", "--plan", plan, "--traces", traces, "--id", $"test-{row}");
            JsonElement[] steps = [.. explanation.GetProperty("steps").EnumerateArray()];
            steps[0].GetProperty("action").GetString().Should().StartWith("call ");
            steps[^1].GetProperty("action").GetString().Should().Be($"accept {explanation.GetProperty("answer").GetString()}");
            foreach (JsonElement step in steps)
            {
                Dictionary<string, double> values = step.GetProperty("values").EnumerateObject().ToDictionary(v => v.Name, v => v.Value.GetDouble());
                if (values.Count > 0)
                {
                    string action = step.GetProperty("action").GetString()!.Replace(" (final)", "", StringComparison.Ordinal);
                    values[action].Should().BeGreaterThanOrEqualTo(values.Values.Max() - 1e-9, "a plan does what is worth most");
                }
            }
        }
    }

    [Fact]
    public void Explain_UnknownId_NamesOneThatExists()
    {
        (int exit, _, string error) = ToolRun.Run("explain", "--plan", Plan("pomdp"), "--traces", _tool.Traces("test", 5), "--id", "nowhere");
        exit.Should().Be(1);
        error.Should().Contain("'nowhere'").And.Contain("'test-0'");
    }

    [Fact]
    public void Explain_PromptWithMarkupAndEscapeSequences_IsShownHarmless()
    {
        string traces = _tool.Traces("test", 5, prompt: "[red]boo[/] \u001b[2J\u202E evil");
        (int exit, string output, _) = ToolRun.Run("explain", "--plan", Plan("pomdp"), "--traces", traces, "--id", "test-0");
        exit.Should().Be(0);
        output.Should().Contain("[red]boo[/]").And.NotContain("\u001b[2J").And.NotContain("\u202E");
    }

    [Fact]
    public void Inspect_PlanAndTraces_TellThemApart()
    {
        JsonElement plan = ToolRun.Json("inspect", Plan("pomdp")).GetProperty("plan");
        plan.GetProperty("policy").GetString().Should().Be("pomdp");
        plan.GetProperty("models").EnumerateArray().Select(m => m.GetString()).Should().Equal("small", "large");
        plan.GetProperty("expectedAccuracy").GetDouble().Should().BeInRange(0.5, 1);

        JsonElement traces = ToolRun.Json("inspect", _tool.Traces("test", 50)).GetProperty("traces");
        traces.GetProperty("queries").GetInt32().Should().Be(50);
        traces.GetProperty("models")[0].GetProperty("verification").GetString().Should().Be("Paid");
        traces.GetProperty("models")[1].GetProperty("verification").GetString().Should().Be("None");
    }

    [Fact]
    public void Inspect_NeitherPlanNorTraces_SaysWhatIsWrong()
    {
        string path = _tool.Path("other.txt");
        File.WriteAllText(path, "hello");
        (int exit, _, string error) = ToolRun.Run("inspect", path);
        exit.Should().Be(1);
        error.Should().Contain("other.txt");
    }

    [Fact]
    public void Simulate_LargeModelAtATenth_MakesRetrainingCheaperThanToday()
    {
        JsonElement report = ToolRun.Json("simulate", "--traces", _tool.Traces("train", 150), "--policy", "pomdp", "--price", "large=0.1", "--per-month", "1000000");
        JsonElement today = report.GetProperty("today");
        report.GetProperty("retrained").GetProperty("costPerQuery").GetDouble().Should().BeLessThan(today.GetProperty("costPerQuery").GetDouble());
        report.GetProperty("alwaysBest").GetProperty("costPerQuery").GetDouble().Should().BeApproximately(0.00002, 1e-9);
        today.GetProperty("costPerMonth").GetDouble().Should().BeApproximately(1e6 * today.GetProperty("costPerQuery").GetDouble(), 1e-6);
    }

    [Fact]
    public void Simulate_SmallModelAlwaysRight_NeedsTheLargeOneNoMore()
    {
        JsonElement report = ToolRun.Json("simulate", "--traces", _tool.Traces("train", 150), "--policy", "pomdp", "--accuracy", "small=1");
        report.GetProperty("retrained").GetProperty("accuracy").GetDouble().Should().BeGreaterThan(0.99);
        report.GetProperty("retrained").GetProperty("costPerQuery").GetDouble().Should().BeLessThan(0.00003);
    }

    [Theory]
    [InlineData("--price", "large")]
    [InlineData("--price", "huge=2")]
    [InlineData("--accuracy", "small=2")]
    public void Simulate_AssumptionThatMakesNoSense_SaysHowToWriteIt(string option, string value)
    {
        (int exit, _, string error) = ToolRun.Run("simulate", "--traces", _tool.Traces("train", 30), option, value);
        exit.Should().Be(1);
        error.Should().NotBeNullOrWhiteSpace();
    }

    [Theory]
    [InlineData("train")]
    [InlineData("evaluate")]
    [InlineData("compare")]
    [InlineData("explain")]
    [InlineData("inspect")]
    [InlineData("simulate")]
    public void Help_OfEveryCommand_ShowsAnExample(string command)
    {
        (int exit, string output, _) = ToolRun.Run(command, "--help");
        exit.Should().Be(0);
        output.Should().Contain($"automix {command} ");
    }

    [Fact]
    public void Tables_OfEveryCommand_ArePrinted()
    {
        string plan = Plan("default");
        string traces = _tool.Traces("test", 60);
        ToolRun.Run("train", "--traces", traces, "--output", _tool.Path("other.json")).Output.Should().Contain("Expected on unseen queries");
        ToolRun.Run("compare", "--first", plan, "--second", plan, "--traces", traces).Output.Should().Contain("go to the same model");
        ToolRun.Run("explain", "--plan", plan, "--traces", traces, "--id", "test-1").Output.Should().Contain("belief");
        ToolRun.Run("inspect", plan).Output.Should().Contain("small, large");
        ToolRun.Run("inspect", traces).Output.Should().Contain("60 queries");
        ToolRun.Run("simulate", "--traces", traces, "--policy", "threshold", "--price", "small=2").Output.Should().Contain("trained anew");
    }

    private string Plan(string policy, params string[] goal)
    {
        string plan = _tool.Path($"{policy}{string.Concat(goal)}.json");
        ToolRun.Json(["train", "--traces", _tool.Traces("train", 150), "--output", plan, "--policy", policy, .. goal]);
        return plan;
    }
}
