namespace AutoMix.Architecture;

/// <summary>The arrows of docs/design.md: packages and folders depend one way.</summary>
public sealed class ArchitectureTests
{
    // The packages that each package may reference.
    private static readonly Dictionary<string, string[]> Packages = new()
    {
        ["AutoMix.Core"] = [],
        ["AutoMix.Pomdp"] = ["AutoMix.Core"],
        ["AutoMix"] = ["AutoMix.Core"],
        ["AutoMix.OpenAI"] = ["AutoMix"],
        ["AutoMix.Evaluation"] = ["AutoMix"],
        ["AutoMix.Tokenizers"] = ["AutoMix"],
        ["AutoMix.Redis"] = ["AutoMix"],
        ["AutoMix.Tool"] = ["AutoMix", "AutoMix.OpenAI"],
    };

    // The folders of a project in their order: each may use those before it. Folders of one line may use each other one way.
    private static readonly Dictionary<string, string[][]> Folders = new()
    {
        ["AutoMix"] = [["Models"], ["Stores", "Telemetry"], ["Requests"], ["Failures", "Limits"], ["Checks"], ["Verification"], ["Routing"], ["Execution"], ["Learning", "Rollouts"]],
        ["AutoMix.Core"] = [["Beliefs"], ["Statistics"], ["Traces"], ["Cascades"], ["Evaluation"], ["Policies"], ["Learning"]],
    };

    public static TheoryData<string> Projects => [.. SourceProject.All.Keys.Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Projects))]
    public void Project_References_PointOneWay(string project) =>
        SourceProject.All[project].References.Should().BeSubsetOf(Packages[project], "docs/design.md draws the arrows of the packages");

    [Theory]
    [MemberData(nameof(Projects))]
    public void Sources_OfAProject_HaveNoTypeThatTheReaderDoesNotFind(string project) =>
        SourceProject.All[project].UnknownTypes.Should().BeEmpty();

    [Theory]
    [MemberData(nameof(Projects))]
    public void Folders_OfAProject_FormNoCycle(string project)
    {
        IReadOnlyList<FolderEdge> edges = SourceProject.All[project].Edges;
        Describe(edges).Should().BeEmpty();
        Describe(FolderGraph.Top(edges)).Should().BeEmpty("the uppermost folders alone form no cycle either");
    }

    [Fact]
    public void Folders_InTheirOrder_UseOnlyThoseBefore()
    {
        foreach ((string project, string[][] order) in Folders)
        {
            IReadOnlyList<FolderEdge> edges = FolderGraph.Top(SourceProject.All[project].Edges);
            Dictionary<string, int> rank = order.SelectMany((folders, i) => folders.Select(folder => (folder, i))).Append((FolderGraph.Root, order.Length)).ToDictionary();
            edges.SelectMany(edge => new[] { edge.From, edge.To }).Should().BeSubsetOf(rank.Keys, "every folder of {0} has its place in the order", project);
            edges.Where(edge => edge.To == FolderGraph.Root || rank[edge.From] < rank[edge.To]).Select(edge => edge.ToString()).Should().BeEmpty("the folders of {0} depend in their order", project);
        }
    }

    [Fact]
    public void Cycles_OfASampleWithACycle_NamesFilesAndTypes()
    {
        IReadOnlyList<FolderEdge> edges = FolderGraph.Edges(SourceProject.Compile(
            "Sample",
            [
                ("Entry.cs", "namespace S; class Entry { Basis.Shape s = new(); }"),
                ("Basis/Shape.cs", "namespace S.Basis; class Shape { public int Size => S.Above.Extensions.Twice(1); }"),
                ("Basis/Deep/Detail.cs", "namespace S.Basis; class Detail { Shape s = new(); }"),
                ("Above/Extensions.cs", "namespace S.Above; static class Extensions { public static int Twice(this int n) => 2 * n; public static int Size(Basis.Shape s) => s.Size; }"),
                ("Beside/User.cs", "namespace S.Beside; using S.Above; class User { int Four => 2.Twice(); }"),
            ],
            SourceProject.Platform));

        Describe(edges).Should().ContainSingle().Which.Should()
            .StartWith("Above, Basis use each other:").And
            .Contain("Basis -> Above: Basis/Shape.cs:1 uses Extensions").And
            .Contain("Above -> Basis: Above/Extensions.cs:1 uses Shape");
        edges.Should().Contain(edge => edge.From == "Beside" && edge.To == "Above", "an extension method is a use although its type is not named");
        edges.Should().NotContain(edge => edge.To == FolderGraph.Root);
        FolderGraph.Top(edges).Should().NotContain(edge => edge.From == edge.To, "a folder within another is a part of it");
    }

    [Fact]
    public void PublicTypes_OfAllPackages_HaveNamesOfTheirOwn()
    {
        string[] theirs = [.. new[] { typeof(Microsoft.Extensions.AI.IChatClient), typeof(Microsoft.Extensions.AI.ChatClientBuilder) }
            .SelectMany(type => type.Assembly.GetExportedTypes()).Where(type => type.Namespace == "Microsoft.Extensions.AI").Select(type => type.Name)];
        new[] { typeof(CascadeModel), typeof(AutoMixChatClient) }.SelectMany(type => type.Assembly.GetExportedTypes()).Where(type => type.Namespace == "AutoMix").Select(type => type.Name)
            .Should().NotIntersectWith(theirs, "an application uses both namespaces in one file");
    }

    private static IEnumerable<string> Describe(IReadOnlyList<FolderEdge> edges) =>
        FolderGraph.Cycles(edges).Select(cycle => $"{string.Join(", ", cycle)} use each other:\n" + string.Join('\n', edges.Where(edge => cycle.Contains(edge.From) && cycle.Contains(edge.To))
            .GroupBy(edge => (edge.From, edge.To)).OrderBy(group => group.Count()).Select(group => $"{group.Count(),5} {group.First()}")));
}
