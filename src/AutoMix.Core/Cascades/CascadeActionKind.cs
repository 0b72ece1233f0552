namespace AutoMix;

/// <summary>What a cascade policy can decide to do next.</summary>
public enum CascadeActionKind
{
    /// <summary>Ask a model that has not been asked yet.</summary>
    Call = 0,

    /// <summary>Pay for a verification of an answer already given.</summary>
    Verify = 1,

    /// <summary>Return an answer already given.</summary>
    Accept = 2,

    /// <summary>Stop without vouching for any answer.</summary>
    Abstain = 3,
}
