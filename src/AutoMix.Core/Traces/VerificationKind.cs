namespace AutoMix;

/// <summary>How a model's answer comes by a confidence.</summary>
public enum VerificationKind
{
    /// <summary>Never: no confidence has been observed for this model, or it has to be paid for and tells nothing.</summary>
    None = 0,

    /// <summary>With the answer itself (its token probability, a free check): observed on every call.</summary>
    Free = 1,

    /// <summary>By a verification that costs something and that the policy may skip.</summary>
    Paid = 2,
}
