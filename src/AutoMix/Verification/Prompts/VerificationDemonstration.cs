namespace AutoMix;

/// <summary>One worked case that shows a verifying model what to do.</summary>
/// <param name="Context">What the answer is to be judged by; null for none.</param>
/// <param name="Question">The question.</param>
/// <param name="Answer">The answer to judge.</param>
/// <param name="Verification">What speaks for or against the answer.</param>
/// <param name="IsCorrect">The decision.</param>
public sealed record VerificationDemonstration(string? Context, string Question, string Answer, string Verification, bool IsCorrect);
