namespace AutoMix.Pomdps;

/// <summary>Where a search stands.</summary>
public readonly struct SolverProgress
{
    internal SolverProgress(TimeSpan elapsed, double lower, double upper, int alphaVectors, int beliefs)
    {
        Elapsed = elapsed;
        Lower = lower;
        Upper = upper;
        AlphaVectors = alphaVectors;
        Beliefs = beliefs;
    }

    /// <summary>Time since it began.</summary>
    public TimeSpan Elapsed { get; }

    /// <summary>Lower bound of the value of the start belief.</summary>
    public double Lower { get; }

    /// <summary>Upper bound of it.</summary>
    public double Upper { get; }

    /// <summary>Vectors of the policy.</summary>
    public int AlphaVectors { get; }

    /// <summary>Beliefs met.</summary>
    public int Beliefs { get; }
}
