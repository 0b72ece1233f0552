using System.Text.Json;
using System.Text.RegularExpressions;

namespace AutoMix.Tool;

public sealed partial class ReportCommandTests : IDisposable
{
    private readonly ToolRun _tool = new();

    public void Dispose() => _tool.Dispose();

    [Fact]
    public void Report_IsOneFileThatAsksForNothingElse()
    {
        (string page, _) = Report("What?");
        page.Should().NotMatchRegex("(src|href|srcset)=\"(?!data:)");
        page.Should().NotContain("@import").And.NotContain("url(");
        page.Should().Contain("default-src 'none'");
        Placeholder().IsMatch(page).Should().BeFalse("every placeholder is filled");
    }

    [Fact]
    public void Report_TextsFromData_AreEscapedAndNotTakenForPlaceholders()
    {
        (string page, _) = Report("</dd><script>alert(1)</script> {{title}} \u202E");
        page.Should().Contain("&lt;script&gt;alert(1)&lt;/script&gt; {{title}}").And.NotContain("<script>alert").And.NotContain("\u202E");
    }

    [Fact]
    public void Report_Figures_FitTogether()
    {
        (_, JsonElement data) = Report("What?");
        int queries = data.GetProperty("queries").GetInt32();
        JsonElement[] flows = [.. data.GetProperty("flows").EnumerateArray()];
        flows.Where(flow => flow.GetProperty("from").GetString() == "start").Sum(flow => flow.GetProperty("count").GetInt32()).Should().Be(queries);
        flows.Where(flow => flow.GetProperty("to").GetString() == "answer").Sum(flow => flow.GetProperty("count").GetInt32()).Should().Be(queries);
        data.GetProperty("models").EnumerateArray().Sum(model => model.GetProperty("answeredShare").GetDouble()).Should().BeApproximately(1, 1e-12);
        int regressions = data.GetProperty("regressionCount").GetInt32();
        int improvements = data.GetProperty("improvementCount").GetInt32();
        double difference = data.GetProperty("accuracy").GetProperty("value").GetDouble() - data.GetProperty("bestAccuracy").GetDouble();
        difference.Should().BeApproximately((improvements - regressions) / (double)queries, 1e-12);
    }

    [Fact]
    public void Report_PlotsFolder_GetsEachPlotAsSvgAndPng()
    {
        Report("What?");
        foreach (string plot in (string[])["frontier", "calibration"])
        {
            File.ReadAllText(_tool.Path($"plots/{plot}.svg")).Should().Contain("<svg");
            File.ReadAllBytes(_tool.Path($"plots/{plot}.png")).Take(4).Should().Equal(0x89, (byte)'P', (byte)'N', (byte)'G');
        }
    }

    [Fact]
    public void Report_TracesOfOtherModels_NamesBothLists()
    {
        string plan = Plan();
        string other = _tool.Path("other.jsonl");
        File.WriteAllText(other, File.ReadAllText(_tool.Traces("test", 10)).Replace("\"large\"", "\"huge\"", StringComparison.Ordinal));
        (int exit, _, string error) = ToolRun.Run("report", "--plan", plan, "--traces", other, "--output", _tool.Path("report.html"));
        exit.Should().Be(1);
        error.Should().Contain("small, large").And.Contain("small, huge");
    }

    private (string Page, JsonElement Data) Report(string prompt)
    {
        string output = _tool.Path("report.html");
        JsonElement data = ToolRun.Json("report", "--plan", Plan(), "--traces", _tool.Traces("test", 100, prompt), "--output", output, "--plots", _tool.Path("plots"));
        if (Environment.GetEnvironmentVariable("AUTOMIX_TEST_RESULTS") is { Length: > 0 } results)
        {
            // For the tests in tests/browser, which open it.
            File.Copy(output, Path.Combine(results, "report.html"), overwrite: true);
        }

        return (File.ReadAllText(output), data);
    }

    private string Plan()
    {
        string plan = _tool.Path("plan.json");
        ToolRun.Json("train", "--traces", _tool.Traces("train", 120), "--output", plan, "--policy", "pomdp", "--error-cost", "0.0001");
        return plan;
    }

    [GeneratedRegex("\\{\\{[a-z]+\\}\\}", RegexOptions.IgnoreCase)]
    private static partial Regex Placeholder();
}
