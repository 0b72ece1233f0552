namespace AutoMix.Evaluation;

/// <summary>
/// How much of the gap between a weak and a strong model a policy closes (RouteLLM; Ong et al., 2024): performance gap
/// recovered (PGR), its average (APGR), and the calls that a share of it takes (CPT).
/// </summary>
/// <remarks>
/// RouteLLM counts calls of the strong model, of two. With more models, and verifications that cost something, the share of calls
/// becomes the share of the extra cost, (cost - weak's) / (strong's - weak's): with two models and no verification that is the
/// share of calls again.
/// </remarks>
public static class PerformanceGap
{
    /// <summary>PGR: 0 at the weak model's accuracy, 1 at the strong one's.</summary>
    /// <returns>NaN where both are equally accurate: there is no gap.</returns>
    public static double Recovered(double accuracy, CostQuality weak, CostQuality strong) =>
        strong.Accuracy == weak.Accuracy ? double.NaN : (accuracy - weak.Accuracy) / (strong.Accuracy - weak.Accuracy);

    /// <summary>APGR: the mean PGR over all shares of the extra cost. A coin between the two models has .5.</summary>
    /// <param name="line">What the policy reaches.</param>
    /// <param name="weak">The weak model.</param>
    /// <param name="strong">The strong model, which costs more.</param>
    /// <exception cref="ArgumentOutOfRangeException">The strong model costs no more than the weak one.</exception>
    public static double Average(CostQualityLine line, CostQuality weak, CostQuality strong)
    {
        ArgumentNullException.ThrowIfNull(line);
        return Recovered(line.MeanAccuracy(weak.Cost, strong.Cost), weak, strong);
    }

    /// <summary>CPT: the least share of the extra cost at which a share of the gap is recovered. A coin between the two models needs that share.</summary>
    /// <param name="line">What the policy reaches.</param>
    /// <param name="share">Share of the gap, such as .5 or .8.</param>
    /// <param name="weak">The weak model.</param>
    /// <param name="strong">The strong model.</param>
    /// <returns>Above 1 where the policy needs more than the strong model costs; null where it never recovers so much.</returns>
    public static double? CallThreshold(CostQualityLine line, double share, CostQuality weak, CostQuality strong)
    {
        ArgumentNullException.ThrowIfNull(line);
        return (line.CostToReach(weak.Accuracy + (share * (strong.Accuracy - weak.Accuracy))) - weak.Cost) / (strong.Cost - weak.Cost);
    }
}
