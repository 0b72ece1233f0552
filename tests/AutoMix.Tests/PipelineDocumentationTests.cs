using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;

namespace AutoMix.Tests;

/// <summary>docs/pipeline.md names what there is, and nothing that there is not.</summary>
public sealed partial class PipelineDocumentationTests
{
    private static readonly string Text = File.ReadAllText(Find());

    [Fact]
    public void Telemetry_EveryName_IsThereAndNoOther()
    {
        string[] names = [.. typeof(TelemetryNames).GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic)
            .Select(f => (string)f.GetRawConstantValue()!).Where(n => n != TelemetryNames.Source).Distinct()];
        string[] tags = [.. typeof(RequestTags).GetFields().Select(f => (string)f.GetRawConstantValue()!)];

        names.Where(n => !Text.Contains($"`{n}`", StringComparison.Ordinal)).Should().BeEmpty();
        Names().Matches(Text).Select(m => m.Groups[1].Value).Except([.. names, .. tags]).Should().BeEmpty();
    }

    [Fact]
    public void Failures_EveryClass_HasItsRow() =>
        Enum.GetNames<FailureKind>().Where(kind => !Text.Contains($"| `{kind}` |", StringComparison.Ordinal)).Should().BeEmpty();

    [Fact]
    public void Limits_EveryDefault_IsTheOneOfTheCode()
    {
        var options = new AutoMixOptions();
        var rows = new Dictionary<string, string>
        {
            ["`AttemptTimeout`"] = $"| {options.AttemptTimeout!.Value.TotalSeconds:0} s |",
            ["`Deadline`"] = $"| {options.Deadline!.Value.TotalMinutes:0} min |",
            ["`MaxCostPerRequest`, `LimitCost`"] = $"| ${AutoMixOptions.DefaultMaxCostPerRequest:0}, ",
            ["`MaxAttempts`"] = $"| {options.MaxAttempts} |",
            ["`MaxVerifications`"] = $"| {options.MaxVerifications} |",
            ["`UninformativeAfter`"] = $"| {options.UninformativeAfter} |",
            ["`Circuit`"] = $"| half of at least {options.Circuit.MinimumThroughput} calls within {options.Circuit.SamplingDuration.TotalSeconds:0} s | the model is left alone for {options.Circuit.BreakDuration.TotalSeconds:0} s",
            ["`DefaultMaxOutputTokens`"] = string.Create(CultureInfo.InvariantCulture, $"| {ModelProfile.AssumedOutputTokens:N0} |"),
            ["`HedgeAfter`"] = options.HedgeAfter is null ? "| never |" : "?",
        };

        foreach ((string setting, string value) in rows)
        {
            Text.Split('\n').Should().ContainSingle(line => line.StartsWith($"| {setting}", StringComparison.Ordinal)).Which.Should().Contain(value);
        }

        options.Circuit.FailureRatio.Should().Be(0.5, "the page says half");
    }

    private static string Find()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (Path.Combine(folder.FullName, "docs", "pipeline.md") is var path && File.Exists(path))
            {
                return path;
            }
        }

        throw new FileNotFoundException("docs/pipeline.md");
    }

    [GeneratedRegex("`(automix\\.[a-z.-]+)`")]
    private static partial Regex Names();
}
