namespace AutoMix;

/// <summary>The settings of <see cref="Verifiers.Judge"/>.</summary>
public sealed class JudgeOptions
{
    /// <summary>The rubric of a good answer, shown to the judge. Default: correct, complete, relevant.</summary>
    public string Rubric { get; set; } = "A good answer is correct, answers all that was asked, follows the instructions given, and contains nothing that is made up.";

    /// <summary>The highest grade; the lowest is 1. Default: 10.</summary>
    public int HighestGrade { get; set; } = 10;

    /// <summary>
    /// The model whose answer is compared with the one to verify; null to grade the answer alone. The confidence of a
    /// comparison is 1 for better, 0.5 for equal, 0 for worse. Default: null.
    /// </summary>
    public string? CompareWith { get; set; }

    /// <summary>In a comparison, ask twice with the places swapped, and take the mean: a judge that prefers a place then says 0.5. Default: true.</summary>
    public bool SwapPositions { get; set; } = true;

    /// <summary>The output tokens of one judgement. Default: 300.</summary>
    public int MaxOutputTokens { get; set; } = 300;

    /// <summary>Of the conversation before the question, the last so many characters are shown. Default: 12,000.</summary>
    public int MaxContextCharacters { get; set; } = 12_000;
}
