namespace AutoMix;

/// <summary>The settings of a rollout in a configuration file. A reload of the file changes running pipelines.</summary>
public sealed class RolloutOptions
{
    /// <summary>Whether the policy answers, only decides, or is off. Default: it answers.</summary>
    public RolloutMode Mode { get; set; }

    /// <summary>
    /// The share of requests that the policy answers, in [0, 1]. The request's key decides, so that the same request is always on the same side.
    /// Default: 1.
    /// </summary>
    public double Share { get; set; } = 1;

    /// <summary>Copies the settings.</summary>
    internal RolloutOptions Copy() => new() { Mode = Mode, Share = Share };
}
