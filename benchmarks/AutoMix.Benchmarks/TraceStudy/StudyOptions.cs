namespace AutoMix.Benchmarks.TraceStudy;

/// <summary>What to study, as the command line says: <c>-- traces [--traces FOLDER] [--output PAGE] [--sets A,B] [--policies C,D] [--sections E,F]</c>.</summary>
internal sealed record StudyOptions
{
    private static readonly string[] Names = ["--traces", "--output", "--sets", "--policies", "--sections"];

    /// <summary>Folder of NAME.train.jsonl[.gz] and NAME.test.jsonl[.gz].</summary>
    public required string Traces { get; init; }

    /// <summary>The page to write; plots go to the folder "results" beside it.</summary>
    public required string Output { get; init; }

    /// <summary>Names of the sets; null for all.</summary>
    public string[]? Sets { get; init; }

    /// <summary>Keys of the policies; null for all.</summary>
    public string[]? Policies { get; init; }

    /// <summary>Keys of the sections; null for all.</summary>
    public string[]? Sections { get; init; }

    /// <exception cref="ArgumentException">An option is unknown, or lacks its value.</exception>
    public static StudyOptions Parse(ReadOnlySpan<string> arguments)
    {
        var given = new Dictionary<string, string>(StringComparer.Ordinal);
        for (int i = 0; i < arguments.Length; i += 2)
        {
            if (!Names.Contains(arguments[i]) || i + 1 == arguments.Length)
            {
                throw new ArgumentException($"'{arguments[i]}' is not an option with a value. There are: {string.Join(", ", Names)}.");
            }

            given[arguments[i]] = arguments[i + 1];
        }

        return new StudyOptions
        {
            Traces = given.GetValueOrDefault("--traces") ?? TraceFolder.Find(),
            Output = given.GetValueOrDefault("--output") ?? Path.Combine("docs", "results.md"),
            Sets = List("--sets"),
            Policies = List("--policies"),
            Sections = List("--sections"),
        };

        string[]? List(string name) => given.GetValueOrDefault(name)?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
    }
}
