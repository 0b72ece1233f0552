using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;

namespace AutoMix.Tests.Cases;

/// <summary>The page of cases names each of the twenty-six and its tests, and nothing that does not exist.</summary>
public sealed partial class CaseIndexTests
{
    private static readonly Dictionary<int, string[]> Page = Row().Matches(File.ReadAllText(Find()))
        .ToDictionary(row => int.Parse(row.Groups[1].Value, CultureInfo.InvariantCulture), row => Name().Matches(row.Groups[2].Value).Select(m => m.Groups[1].Value).ToArray());

    [Fact]
    public void Cases_All_HaveARowAndATest()
    {
        Page.Keys.Should().Equal(Enumerable.Range(1, 26));
        foreach ((int number, string[] classes) in Page)
        {
            string[] tested = [.. typeof(CaseIndexTests).Assembly.GetTypes().Where(type => HasTest(type, number)).Select(type => type.Name)];
            tested.Should().NotBeEmpty("case {0} has a test", number);
            classes.Should().Contain(tested, "the row of case {0} names its tests", number);
        }
    }

    [Fact]
    public void Classes_OfThePage_Exist() =>
        Page.Values.SelectMany(classes => classes).Except(typeof(CaseIndexTests).Assembly.GetTypes().Select(type => type.Name)).Should().BeEmpty();

    private static bool HasTest(Type type, int number) => type.GetMethods()
        .Any(method => method.Name.StartsWith(string.Create(CultureInfo.InvariantCulture, $"Case{number:00}_"), StringComparison.Ordinal) && method.GetCustomAttribute<FactAttribute>() is not null);

    private static string Find()
    {
        string folder = AppContext.BaseDirectory;
        while (Path.Combine(folder, "tests", "AutoMix.Tests", "Cases", "README.md") is var path && !File.Exists(path))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new FileNotFoundException("tests/AutoMix.Tests/Cases/README.md");
        }

        return Path.Combine(folder, "tests", "AutoMix.Tests", "Cases", "README.md");
    }

    [GeneratedRegex(@"^\| (\d+) \|.*\| ([^|]*) \|$", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex("`([A-Za-z]+)`")]
    private static partial Regex Name();
}
