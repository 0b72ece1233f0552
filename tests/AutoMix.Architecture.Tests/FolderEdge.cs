namespace AutoMix.Architecture;

/// <summary>A use of a type by a file of another folder.</summary>
/// <param name="From">The folder of the file.</param>
/// <param name="To">The folder that declares the type.</param>
/// <param name="File">The file and the line of the use.</param>
/// <param name="Type">The name of the type.</param>
internal sealed record FolderEdge(string From, string To, string File, string Type)
{
    public override string ToString() => $"{From} -> {To}: {File} uses {Type}";
}
