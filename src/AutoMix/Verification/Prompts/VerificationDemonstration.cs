namespace AutoMix;

/// <summary>One worked case that shows a verifying model what to do.</summary>
/// <param name="Context">The context to judge the answer by; null for none.</param>
/// <param name="Question">The question.</param>
/// <param name="Answer">The answer to judge.</param>
/// <param name="Verification">The argument for or against the answer.</param>
/// <param name="IsCorrect">The decision.</param>
public sealed record VerificationDemonstration(string? Context, string Question, string Answer, string Verification, bool IsCorrect);
