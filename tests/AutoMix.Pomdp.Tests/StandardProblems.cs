namespace AutoMix.Pomdps.Tests;

internal static class StandardProblems
{
    public static string? Folder { get; } = Find();

    public static Pomdp Read(string file) => PomdpReader.Read(Path.Combine(Folder!, file));

    private static string? Find()
    {
        if (Environment.GetEnvironmentVariable("AUTOMIX_POMDPS") is { Length: > 0 } named)
        {
            return Directory.Exists(named) ? named : null;
        }

        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            string folder = Path.Combine(at.FullName, "shared", "pomdps");
            if (Directory.Exists(folder))
            {
                return folder;
            }
        }

        return null;
    }
}
