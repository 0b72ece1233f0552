using System.Collections.Concurrent;
using System.Xml.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace AutoMix.Architecture;

/// <summary>A project of src, read from its sources.</summary>
internal sealed class SourceProject
{
    // What ImplicitUsings adds to a project.
    private const string ImplicitUsings =
        "global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq; global using System.Net.Http; global using System.Threading; global using System.Threading.Tasks;";

    private static readonly CSharpParseOptions Parse = new(LanguageVersion.Preview, DocumentationMode.None);

    private static readonly ConcurrentDictionary<string, MetadataReference> Metadata = new();

    private readonly string _folder;
    private readonly Lazy<CSharpCompilation> _compilation;
    private readonly Lazy<IReadOnlyList<FolderEdge>> _edges;

    private SourceProject(string folder)
    {
        _folder = folder;
        Name = Path.GetFileName(folder);
        References =
        [
            .. XDocument.Load(Path.Combine(folder, Name + ".csproj")).Descendants("ProjectReference")
                .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value.Replace('\\', '/'))),
        ];
        _compilation = new(Compile);
        _edges = new(() => FolderGraph.Edges(_compilation.Value));
    }

    /// <summary>Every project of src, by name.</summary>
    public static IReadOnlyDictionary<string, SourceProject> All { get; } =
        Directory.GetDirectories(Path.Combine(RepositoryRoot(), "src")).Where(folder => Directory.EnumerateFiles(folder, "*.csproj").Any())
            .Select(folder => new SourceProject(folder)).ToDictionary(project => project.Name);

    public string Name { get; }

    /// <summary>The projects that the project file names.</summary>
    public IReadOnlyList<string> References { get; }

    /// <summary>The uses of each folder's types by other folders.</summary>
    public IReadOnlyList<FolderEdge> Edges => _edges.Value;

    /// <summary>The types that the compiler does not find: edges to them would be missed.</summary>
    public IReadOnlyList<string> UnknownTypes => [.. _compilation.Value.GetDeclarationDiagnostics().Where(d => d.Id is "CS0246" or "CS0234").Select(d => d.ToString())];

    public static CSharpCompilation Compile(string name, IEnumerable<(string Path, string Text)> files, IEnumerable<string> references) =>
        CSharpCompilation.Create(
            name,
            [
                CSharpSyntaxTree.ParseText(ImplicitUsings, Parse, "usings.cs"),
                .. files.Select(file => CSharpSyntaxTree.ParseText(file.Text, Parse, file.Path)),
            ],
            references.Select(reference => Metadata.GetOrAdd(reference, static path => MetadataReference.CreateFromFile(path))),
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true, nullableContextOptions: NullableContextOptions.Enable));

    /// <summary>The assemblies that this test runs on: the framework, the packages and the libraries.</summary>
    public static IEnumerable<string> Platform => ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator);

    private CSharpCompilation Compile()
    {
        HashSet<string> ours = [.. All.Keys.Except(Closure(References))];
        return Compile(
            Name,
            Directory.EnumerateFiles(_folder, "*.cs", SearchOption.AllDirectories)
                .Select(file => Path.GetRelativePath(_folder, file).Replace('\\', '/'))
                .Where(file => !file.StartsWith("obj/", StringComparison.Ordinal) && !file.StartsWith("bin/", StringComparison.Ordinal))
                .Order(StringComparer.Ordinal)
                .Select(file => (file, File.ReadAllText(Path.Combine(_folder, file)))),
            Platform.Where(assembly => !ours.Contains(Path.GetFileNameWithoutExtension(assembly))));
    }

    private static IEnumerable<string> Closure(IEnumerable<string> names) => names.SelectMany(name => Closure(All[name].References).Prepend(name));

    private static string RepositoryRoot()
    {
        string? folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder!, "AutoMix.sln")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder!;
    }
}
