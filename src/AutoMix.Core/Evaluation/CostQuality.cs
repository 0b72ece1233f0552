namespace AutoMix.Evaluation;

/// <summary>The operating point of a policy: the worth of its answers and their cost.</summary>
/// <param name="accuracy">Mean quality, in [0, 1].</param>
/// <param name="cost">Mean cost per query, in any one unit.</param>
public readonly struct CostQuality(double accuracy, double cost)
{
    /// <summary>Mean quality, in [0, 1].</summary>
    public double Accuracy { get; } = accuracy;

    /// <summary>Mean cost per query, in any one unit.</summary>
    public double Cost { get; } = cost;
}
