using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AutoMix.Architecture;

/// <summary>Finds which folders of a project use types of which other folders.</summary>
internal static class FolderGraph
{
    /// <summary>The folder of the files that lie beside the project file.</summary>
    public const string Root = "(root)";

    /// <summary>Lists every use of a type, or of a member, that another folder of the same project declares.</summary>
    /// <param name="project">The compiled sources; the path of each tree is relative to the project.</param>
    public static IReadOnlyList<FolderEdge> Edges(CSharpCompilation project)
    {
        HashSet<FolderEdge> edges = [];
        ILookup<string, string> declaring = project.SyntaxTrees.SelectMany(tree => Names(tree.GetRoot()).Distinct().Select(name => (Name: name, Folder: Folder(tree)))).ToLookup(pair => pair.Name, pair => pair.Folder);
        foreach (SyntaxTree tree in project.SyntaxTrees)
        {
            SemanticModel model = project.GetSemanticModel(tree);
            string from = Folder(tree);

            // Names that no other folder declares need no binding, which is the expensive part.
            foreach (SimpleNameSyntax name in tree.GetRoot().DescendantNodes().OfType<SimpleNameSyntax>().Where(name => declaring[name.Identifier.ValueText].Any(folder => folder != from)))
            {
                SymbolInfo info = model.GetSymbolInfo(name);
                if ((info.Symbol ?? info.CandidateSymbols.FirstOrDefault()) is not { } symbol || Declared(symbol) is not { } type)
                {
                    continue;
                }

                // A type whose parts lie in several folders belongs to each of them.
                string[] folders = [.. type.DeclaringSyntaxReferences.Select(part => Folder(part.SyntaxTree)).Distinct()];
                if (!folders.Contains(from))
                {
                    int line = name.GetLocation().GetLineSpan().StartLinePosition.Line + 1;
                    edges.UnionWith(folders.Select(to => new FolderEdge(from, to, $"{tree.FilePath}:{line}", type.Name)));
                }
            }
        }

        return [.. edges];
    }

    /// <summary>Finds the groups of two or more folders that use each other, directly or by way of others.</summary>
    public static IReadOnlyList<IReadOnlyList<string>> Cycles(IReadOnlyCollection<FolderEdge> edges)
    {
        string[] folders = [.. edges.SelectMany(edge => new[] { edge.From, edge.To }).Distinct().Order(StringComparer.Ordinal)];
        ILookup<string, string> uses = edges.ToLookup(edge => edge.From, edge => edge.To);
        Dictionary<string, HashSet<string>> reached = folders.ToDictionary(folder => folder, folder => Reach(folder, uses));
        return
        [
            .. folders.Where(folder => reached[folder].Contains(folder))
                .GroupBy(folder => folders.First(other => reached[folder].Contains(other) && reached[other].Contains(folder)))
                .Select(group => (IReadOnlyList<string>)[.. group]),
        ];
    }

    /// <summary>The edges with every folder replaced by the first part of its path.</summary>
    public static IReadOnlyList<FolderEdge> Top(IEnumerable<FolderEdge> edges) =>
        [.. edges.Select(edge => edge with { From = First(edge.From), To = First(edge.To) }).Where(edge => edge.From != edge.To)];

    private static IEnumerable<string> Names(SyntaxNode root) => root.DescendantNodes().SelectMany(node => node switch
    {
        BaseTypeDeclarationSyntax type => type is RecordDeclarationSyntax { ParameterList: { } list } ? list.Parameters.Select(p => p.Identifier.ValueText).Prepend(type.Identifier.ValueText) : [type.Identifier.ValueText],
        DelegateDeclarationSyntax type => [type.Identifier.ValueText],
        MethodDeclarationSyntax method => [method.Identifier.ValueText],
        PropertyDeclarationSyntax property => [property.Identifier.ValueText],
        EnumMemberDeclarationSyntax value => [value.Identifier.ValueText],
        BaseFieldDeclarationSyntax field => field.Declaration.Variables.Select(v => v.Identifier.ValueText),
        _ => (IEnumerable<string>)[],
    });

    private static string First(string folder) => folder.Split('/')[0];

    private static HashSet<string> Reach(string start, ILookup<string, string> uses)
    {
        HashSet<string> reached = [];
        Stack<string> open = new([start]);
        while (open.TryPop(out string? folder))
        {
            foreach (string next in uses[folder].Where(reached.Add))
            {
                open.Push(next);
            }
        }

        return reached;
    }

    private static string Folder(SyntaxTree tree) => Path.GetDirectoryName(tree.FilePath)!.Replace('\\', '/') is { Length: > 0 } folder ? folder : Root;

    // The type itself, or the type that declares the member; null for locals, parameters, namespaces and types of other assemblies.
    private static INamedTypeSymbol? Declared(ISymbol symbol)
    {
        INamedTypeSymbol? type = symbol switch
        {
            INamedTypeSymbol named => named,
            IMethodSymbol { MethodKind: MethodKind.LocalFunction } => null,
            IMethodSymbol or IPropertySymbol or IFieldSymbol or IEventSymbol => symbol.ContainingType,
            _ => null,
        };
        return type?.OriginalDefinition is { DeclaringSyntaxReferences.Length: > 0 } declared ? declared : null;
    }
}
