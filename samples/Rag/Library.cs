namespace AutoMix.Samples;

/// <summary>A few passages, and the search for those that share the most words with a question.</summary>
internal static class Library
{
    private static readonly (string Id, string Text)[] Passages =
    [
        ("handbook-12", "The cooling pump must be replaced every 4000 hours. A replacement takes two technicians about three hours."),
        ("handbook-13", "The pressure of the cooling circuit is between 2.1 and 2.6 bar. Below 1.8 bar the machine stops."),
        ("safety-03", "Before work on the cooling circuit the main switch is locked and the pressure released."),
        ("orders-07", "Cooling pumps are ordered under part number KP-4410. Delivery takes ten working days."),
    ];

    public static IReadOnlyList<string> Search(string question, int count)
    {
        HashSet<string> asked = [.. Words(question)];
        return [.. Passages
            .OrderByDescending(passage => Words(passage.Text).Count(asked.Contains))
            .Take(count)
            .Select(passage => $"[{passage.Id}] {passage.Text}")];
    }

    private static string[] Words(string text) => text.ToLowerInvariant().Split([' ', '.', ',', '?'], StringSplitOptions.RemoveEmptyEntries);
}
