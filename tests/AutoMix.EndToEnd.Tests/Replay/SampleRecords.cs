namespace AutoMix.Replay;

/// <summary>A few records of our own, in the shape of recorded ones.</summary>
internal static class SampleRecords
{
    public const string System = "Answer in one word.";

    /// <summary>Prices of 0.1 and 0.4 for small, 2 and 8 for large; verifications of one token; the second record carries its confidence.</summary>
    public static TraceRecord[] All { get; } =
    [
        Record("r-0", "Which metal is liquid at room temperature?", [Answer("small", "Lead", 0, 0.25, 30, 2, 100), Answer("large", "Mercury, of course", 1, 0.9375, 30, 4, 110)]),
        Record("r-1", "Which planet is the largest?\n\nA: Mars\nB: Jupiter\n\nAnswer: ", [Answer("small", "B", 1, 0.8, 41, 1, null), Answer("large", "B", 1, 1.0, 41, 1, null)]),
        Record("r-2", "Which gas do plants take in?", [Answer("small", "Oxygen", 0, null, 25, 3, 90), Answer("large", "Carbon dioxide", 1, 0, 25, 5, 95)]),
    ];

    public static RecordedAnswers Recordings() => new(All);

    private static TraceRecord Record(string id, string prompt, TraceAnswer[] answers) =>
        new() { Id = id, System = System, Prompt = prompt, Answers = answers };

    private static TraceAnswer Answer(string model, string text, double quality, double? confidence, long input, long output, long? verifyInput)
    {
        (double inputPrice, double outputPrice) = model == "small" ? (0.1, 0.4) : (2.0, 8.0);
        return new()
        {
            Model = model,
            Answer = text,
            Quality = quality,
            Confidence = confidence,
            InputTokens = input,
            OutputTokens = output,
            AnswerCost = (input * inputPrice + output * outputPrice) / 1e6,
            VerifyCost = verifyInput is long tokens ? (tokens * inputPrice + outputPrice) / 1e6 : 0,
        };
    }
}
