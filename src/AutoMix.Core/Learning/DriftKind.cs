namespace AutoMix.Learning;

/// <summary>What has changed since the plan was made.</summary>
public enum DriftKind
{
    /// <summary>A model answers better or worse than the plan believes.</summary>
    Model = 0,

    /// <summary>The confidences in a model's answers look different.</summary>
    Verifier = 1,

    /// <summary>A model's tokens cost more or less.</summary>
    Price = 2,
}
