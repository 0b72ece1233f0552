namespace AutoMix.Samples.CustomVerifier;

/// <summary>Three tasks, and what the two simulated models make of them.</summary>
internal static class CodeTasks
{
    public static string[] All { get; } =
    [
        "Write a static C# method that adds two numbers.",
        "Write a static C# method that returns the longest word of a text.",
        "Write a static C# method that counts the vowels of a text.",
    ];

    public static IReadOnlyDictionary<string, string> BySmall { get; } = new Dictionary<string, string>
    {
        [All[0]] = Block("public static class Sum { public static int Of(int a, int b) => a + b; }"),
        [All[1]] = Block("public static class Words { public static string Longest(string text) => text.Split(' ').MaxOf(w => w.Length); }"),
        [All[2]] = "You can loop over the characters and count those that are vowels.",
    };

    public static IReadOnlyDictionary<string, string> ByLarge { get; } = new Dictionary<string, string>
    {
        [All[0]] = BySmall[All[0]],
        [All[1]] = Block("public static class Words { public static string Longest(string text) => text.Split(' ').MaxBy(w => w.Length) ?? \"\"; }"),
        [All[2]] = Block("public static class Vowels { public static int In(string text) => text.Count(c => \"aeiouAEIOU\".Contains(c)); }"),
    };

    private static string Block(string code) => $"```csharp\n{code}\n```";
}
