namespace AutoMix.Benchmarks.TraceStudy;

/// <summary>Where recorded traces are, for runs that are not told.</summary>
internal static class TraceFolder
{
    /// <summary>The folder that AUTOMIX_TRACES names, or the first shared/traces above the current folder.</summary>
    /// <exception cref="DirectoryNotFoundException">There is neither.</exception>
    public static string Find()
    {
        if (Environment.GetEnvironmentVariable("AUTOMIX_TRACES") is { Length: > 0 } given)
        {
            return given;
        }

        // BenchmarkDotNet runs in a folder of its own, deep below the project.
        foreach (string start in (string[])[Environment.CurrentDirectory, AppContext.BaseDirectory])
        {
            for (DirectoryInfo? at = new(start); at is not null; at = at.Parent)
            {
                string candidate = Path.Combine(at.FullName, "shared", "traces");
                if (Directory.Exists(candidate))
                {
                    return candidate;
                }
            }
        }

        throw new DirectoryNotFoundException("No traces: give their folder with --traces, or set AUTOMIX_TRACES.");
    }
}
