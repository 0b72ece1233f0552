using System.Collections.Concurrent;

namespace AutoMix;

/// <summary>Finds the recorded traces: the folder AUTOMIX_TRACES names, else shared/traces beside or above the repository.</summary>
internal static class RecordedTraces
{
    public const string WhySkipped = "No recorded traces: set AUTOMIX_TRACES to a folder of *.train.jsonl.gz and *.test.jsonl.gz.";

    private static readonly ConcurrentDictionary<string, IReadOnlyList<TraceRecord>> Cache = new();

    public static string? Folder { get; } = Find();

    public static IReadOnlyList<TraceRecord> Read(string name) =>
        Cache.GetOrAdd(name, static key => [.. TraceReader.Read(Path.Combine(Folder!, key + ".jsonl.gz"))]);

    private static string? Find()
    {
        if (Environment.GetEnvironmentVariable("AUTOMIX_TRACES") is { Length: > 0 } named)
        {
            return Directory.Exists(named) ? named : null;
        }

        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            string candidate = Path.Combine(at.FullName, "shared", "traces");
            if (Directory.Exists(candidate))
            {
                return candidate;
            }
        }

        return null;
    }
}
