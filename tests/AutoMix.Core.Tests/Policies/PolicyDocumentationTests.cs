using System.Text.RegularExpressions;
using AutoMix.Policies;

namespace AutoMix.Core.Tests.Policies;

/// <summary>docs/policies.md describes what the registry holds, with its sources.</summary>
public sealed class PolicyDocumentationTests
{
    private static readonly string[] Sections = Regex.Split(File.ReadAllText(Page()), "^## ", RegexOptions.Multiline);

    public static TheoryData<string> Families => [.. PolicyRegistry.All.Select(family => family.Key)];

    public static TheoryData<string> Baselines => [.. PolicyRegistry.EvaluationOnly.Select(baseline => baseline.Key)];

    [Theory, MemberData(nameof(Families))]
    public void Page_EveryFamily_IsDescribedWithItsSource(string key)
    {
        string section = Section(key);
        string citation = PolicyRegistry.Get(key).Citation;
        if (!citation.StartsWith("Baseline:", StringComparison.Ordinal) && !citation.StartsWith("This library:", StringComparison.Ordinal))
        {
            // The paper that the registry cites, by its authors' first name, and when it appeared.
            Match source = Regex.Match(citation, @"\((?<author>\w+)[^)]*(?<year>20\d\d)\)");
            source.Success.Should().BeTrue("'{0}' names authors and year", citation);
            Described(section, key).Should().Contain(source.Groups["author"].Value).And.Contain(source.Groups["year"].Value);
        }
    }

    [Theory, MemberData(nameof(Baselines))]
    public void Page_EveryEvaluationBaseline_IsSaidToBeForEvaluationOnly(string key) => Section(key).Should().StartWith("Evaluation only");

    [Fact]
    public void Page_Keys_AreAllOfTheRegistry()
    {
        string[] known = [.. PolicyRegistry.All.Select(family => family.Key), .. PolicyRegistry.EvaluationOnly.Select(baseline => baseline.Key)];
        string[] described = [.. Sections.SelectMany(section => Regex.Matches(section, @"^(?:\| |\*\*)`(?<key>[a-z0-9-]+)`", RegexOptions.Multiline)).Select(match => match.Groups["key"].Value)];
        described.Should().BeEquivalentTo(known);
    }

    // A table's rows share the sources of their section; a paragraph has its own, or its section's heading has.
    private static string Described(string section, string key)
    {
        string paragraph = section.Split("\n\n").First(part => Entry(key).IsMatch(part));
        return paragraph.StartsWith('|') ? section : $"{section.Split('\n')[0]}\n{paragraph}";
    }

    private static string Section(string key)
    {
        string[] found = [.. Sections.Where(section => Entry(key).IsMatch(section))];
        found.Should().ContainSingle("'{0}' has a row or a paragraph of its own", key);
        return found[0];
    }

    private static Regex Entry(string key) => new($@"^(?:\| |\*\*){Regex.Escape($"`{key}`")}", RegexOptions.Multiline);

    private static string Page()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "docs", "policies.md")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return Path.Combine(folder ?? throw new FileNotFoundException("docs/policies.md"), "docs", "policies.md");
    }
}
