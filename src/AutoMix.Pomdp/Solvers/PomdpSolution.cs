namespace AutoMix.Pomdps;

/// <summary>What a solver found.</summary>
public sealed class PomdpSolution
{
    /// <summary>Puts a result together.</summary>
    public PomdpSolution(IPomdpPolicy policy, double lower, double upper, int alphaVectorCount, TimeSpan elapsed, bool isConverged, IReadOnlyList<SolverProgress> history)
    {
        Policy = policy;
        Lower = lower;
        Upper = upper;
        AlphaVectorCount = alphaVectorCount;
        Elapsed = elapsed;
        IsConverged = isConverged;
        History = history;
    }

    /// <summary>The policy.</summary>
    public IPomdpPolicy Policy { get; }

    /// <summary>Lower bound of the value of the start belief; negative infinity when the method has none.</summary>
    public double Lower { get; }

    /// <summary>Upper bound of the value of the start belief; positive infinity when the method has none.</summary>
    public double Upper { get; }

    /// <summary>Number of alpha vectors of the policy; 0 when it has none.</summary>
    public int AlphaVectorCount { get; }

    /// <summary>Time taken.</summary>
    public TimeSpan Elapsed { get; }

    /// <summary>True when the method reached its precision rather than a limit.</summary>
    public bool IsConverged { get; }

    /// <summary>The bounds over time.</summary>
    public IReadOnlyList<SolverProgress> History { get; }
}
