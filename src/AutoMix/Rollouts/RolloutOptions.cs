namespace AutoMix;

/// <summary>How far the policy is trusted, in a configuration file. A file that is reloaded changes pipelines that run.</summary>
public sealed class RolloutOptions
{
    /// <summary>Whether the policy answers, only decides, or is off. Default: it answers.</summary>
    public RolloutMode Mode { get; set; }

    /// <summary>
    /// The share of requests that the policy answers, in [0, 1]; a request belongs to it or not by its key, always the same.
    /// Default: 1.
    /// </summary>
    public double Share { get; set; } = 1;

    /// <summary>A copy.</summary>
    internal RolloutOptions Copy() => new() { Mode = Mode, Share = Share };
}
