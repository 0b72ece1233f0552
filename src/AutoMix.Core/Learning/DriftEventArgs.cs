namespace AutoMix.Learning;

/// <summary>Something has changed since the plan was made.</summary>
/// <param name="kind">What.</param>
/// <param name="model">The model concerned.</param>
/// <param name="before">The mean of what is watched before: quality as believed, confidence, or dollars per token.</param>
/// <param name="now">Its mean now.</param>
public sealed class DriftEventArgs(DriftKind kind, string model, double before, double now) : EventArgs
{
    /// <summary>What has changed.</summary>
    public DriftKind Kind { get; } = kind;

    /// <summary>The model concerned.</summary>
    public string Model { get; } = model;

    /// <summary>The mean of what is watched before: quality as believed, confidence, or dollars per token.</summary>
    public double Before { get; } = before;

    /// <summary>Its mean now.</summary>
    public double Now { get; } = now;
}
