namespace AutoMix.Policies;

/// <summary>What a batch shall reach.</summary>
public sealed class BatchOptions
{
    /// <summary>Least expected mean quality, in [0, 1]; where it cannot be reached, the best quality is taken.</summary>
    public double MinQuality { get; init; }

    /// <summary>What one second until the last answer is worth, in dollars; 0 where only dollars count.</summary>
    public double DollarsPerSecond { get; init; }

    /// <summary>Calls that each model serves at the same time, in the order of the models; 8 each where null.</summary>
    public IReadOnlyList<int>? Slots { get; init; }

    /// <summary>How often the run is simulated with sampled durations.</summary>
    public int Samples { get; init; } = 16;

    /// <summary>Seed of the samples.</summary>
    public ulong Seed { get; init; }
}
