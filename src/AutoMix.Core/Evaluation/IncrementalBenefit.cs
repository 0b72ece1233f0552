namespace AutoMix.Evaluation;

/// <summary>Incremental benefit per cost (IBC; AutoMix, Aggarwal, Madaan et al., 2023).</summary>
internal static class IncrementalBenefit
{
    /// <summary>Gain in accuracy over the small model per unit of extra cost.</summary>
    /// <returns>NaN where the point costs no more than the small model, for then there is no price to divide by.</returns>
    public static double PerCost(CostQuality point, CostQuality small) =>
        point.Cost > small.Cost ? (point.Accuracy - small.Accuracy) / (point.Cost - small.Cost) : double.NaN;

    /// <summary>
    /// How much better than the straight line from the small to the large model, relative to that line's slope: 0 on the line,
    /// .5 for half as much again per dollar.
    /// </summary>
    public static double Lift(CostQuality point, CostQuality small, CostQuality large)
    {
        double line = PerCost(large, small);
        return (PerCost(point, small) - line) / line;
    }
}
