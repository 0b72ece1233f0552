namespace AutoMix.Pomdps;

/// <summary>When a solver stops and whom it tells. Immutable.</summary>
public sealed record SolverOptions
{
    /// <summary>Time to stop after, measured by <see cref="TimeProvider"/>; null for no limit.</summary>
    public TimeSpan? TimeLimit { get; init; }

    /// <summary>Difference of the bounds at the start belief at which the model counts as solved; 0.001 unless told.</summary>
    public double Precision { get; init; } = 1e-3;

    /// <summary>Most sweeps or trials of an iterative method; null for no limit.</summary>
    public int? MaxIterations { get; init; }

    /// <summary>About how much memory the beliefs and vectors of a search may take; 4 GB unless told. The search stops there.</summary>
    public long MaxMemoryBytes { get; init; } = 4L << 30;

    /// <summary>Seed of the methods that sample.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Told about the bounds as they tighten, on the solving thread.</summary>
    public IProgress<SolverProgress>? Progress { get; init; }

    /// <summary>The clock.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}
