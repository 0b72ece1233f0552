namespace AutoMix.Quickstart;

/// <summary>What one model says, how sure a verification of it is, and what both use.</summary>
internal sealed record SimulatedAnswer(SimulatedModel Model, string Text, bool IsCorrect, double Confidence, int InputTokens, int OutputTokens)
{
    // A verification shows the question, the answer and some instructions, and replies with one token.
    private const int VerificationInstructions = 115;

    public int VerificationTokens => InputTokens + OutputTokens + VerificationInstructions;

    public decimal Cost => (InputTokens + OutputTokens) * Model.DollarsPerMillionTokens / 1_000_000m;

    public decimal VerificationCost => (VerificationTokens + 1) * Model.DollarsPerMillionTokens / 1_000_000m;
}
