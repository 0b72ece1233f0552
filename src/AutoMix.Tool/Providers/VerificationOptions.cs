namespace AutoMix.Tool.Providers;

/// <summary>How answers are verified, while collecting and while serving.</summary>
internal sealed class VerificationOptions
{
    public ConfidenceSource Confidence { get; set; } = ConfidenceSource.Self;

    /// <summary>The votes of <see cref="ConfidenceSource.Self"/>.</summary>
    public int Samples { get; set; } = 8;

    /// <summary>The verifier; null for <see cref="ConfidenceSource.None"/>.</summary>
    public IVerifier? Create() => Confidence switch
    {
        ConfidenceSource.Self => Verifiers.SelfVerification(Samples),
        ConfidenceSource.PTrue => new PTrueVerifier(),
        ConfidenceSource.AnswerProbability => new AnswerProbabilityVerifier(),
        _ => null,
    };
}
