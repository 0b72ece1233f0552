using AutoMix.Policies;

namespace AutoMix.Learning;

/// <summary>What a learner begins with before there is any label.</summary>
internal static class ColdStart
{
    /// <summary>
    /// The confidence from which on an answer is accepted without data: six of the eight votes of self-verification, with which
    /// AutoMix verifies (Aggarwal, Madaan et al., 2023).
    /// </summary>
    public const double AcceptThreshold = 0.75;

    /// <summary>The rule of the first day: each answer is verified, and accepted from a confidence on; the last model's is accepted as it is.</summary>
    /// <param name="models">The models' names, cheapest first.</param>
    /// <param name="threshold">The confidence, in [0, 1].</param>
    public static ICascadePolicy Policy(IReadOnlyList<string> models, double threshold = AcceptThreshold)
    {
        ArgumentNullException.ThrowIfNull(models);
        return new ThresholdPolicy(models, Enumerable.Repeat(threshold, models.Count));
    }
}
