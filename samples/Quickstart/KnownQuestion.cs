namespace AutoMix.Quickstart;

/// <summary>A question with a short answer that is easy to check, for runs against real models.</summary>
internal sealed record KnownQuestion(string Text, string Answer)
{
    public static IReadOnlyList<KnownQuestion> All { get; } =
    [
        new("What is 17 times 24?", "408"),
        new("Which chemical element has the symbol W?", "tungsten"),
        new("How many days were there in February 1900?", "28"),
        new("Which planet has the shortest day?", "Jupiter"),
        new("What is the capital of Kazakhstan?", "Astana"),
        new("Which bone is the smallest in the human body?", "stapes"),
        new("In which year did the Western Roman Empire fall, by the usual date?", "476"),
        new("What is the next prime number after 89?", "97"),
        new("Which country has the most islands?", "Sweden"),
        new("Who proved that no general formula in radicals solves the quintic, before Galois?", "Abel"),
        new("What is the square root of 1764?", "42"),
        new("Which sea has no coast?", "Sargasso"),
    ];

    public bool IsAnsweredBy(string text) => text.Contains(Answer, StringComparison.OrdinalIgnoreCase);
}
