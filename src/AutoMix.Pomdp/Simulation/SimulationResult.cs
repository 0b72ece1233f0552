namespace AutoMix.Pomdps;

/// <summary>Discounted returns of a policy over many runs.</summary>
public sealed class SimulationResult
{
    internal SimulationResult(int runs, double mean, double standardError)
    {
        Runs = runs;
        Mean = mean;
        StandardError = standardError;
    }

    /// <summary>Number of runs.</summary>
    public int Runs { get; }

    /// <summary>Mean return.</summary>
    public double Mean { get; }

    /// <summary>Standard error of the mean.</summary>
    public double StandardError { get; }
}
