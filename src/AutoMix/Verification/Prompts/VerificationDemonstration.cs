namespace AutoMix;

/// <summary>One worked case that shows a verifying model what to do.</summary>
/// <param name="context">The context to judge the answer by; null for none.</param>
/// <param name="question">The question.</param>
/// <param name="answer">The answer to judge.</param>
/// <param name="verification">The argument for or against the answer.</param>
/// <param name="isCorrect">The decision.</param>
public sealed class VerificationDemonstration(string? context, string question, string answer, string verification, bool isCorrect)
{
    /// <summary>The context to judge the answer by; null for none.</summary>
    public string? Context => context;

    /// <summary>The question.</summary>
    public string Question => question;

    /// <summary>The answer to judge.</summary>
    public string Answer => answer;

    /// <summary>The argument for or against the answer.</summary>
    public string Verification => verification;

    /// <summary>The decision.</summary>
    public bool IsCorrect => isCorrect;
}
