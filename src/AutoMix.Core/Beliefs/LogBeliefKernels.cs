using System.Numerics.Tensors;

namespace AutoMix.Beliefs;

/// <summary>Beliefs as logarithms of weights, for histories so long that the weights themselves would vanish.</summary>
/// <remarks>A state without weight is negative infinity. Spans in, span out, destination last, no allocation; in place is allowed.</remarks>
public static class LogBeliefKernels
{
    /// <summary>Subtracts the logarithm of the sum of the weights, so that they sum to 1.</summary>
    /// <param name="logWeights">Logarithms of weights.</param>
    /// <param name="destination">Receives the logarithms of the belief; a copy when the result is false.</param>
    /// <param name="logMass">Logarithm of the sum of the weights; negative infinity when the result is false.</param>
    /// <returns>False when no state has weight, or one has infinite weight or none at all (NaN).</returns>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static bool TryNormalize(ReadOnlySpan<double> logWeights, Span<double> destination, out double logMass)
    {
        BeliefKernels.RequireSameLength(logWeights.Length, destination.Length, nameof(destination));
        double most = logWeights.IsEmpty ? double.NegativeInfinity : TensorPrimitives.Max(logWeights);
        if (!double.IsFinite(most))
        {
            logWeights.CopyTo(destination);
            logMass = double.NegativeInfinity;
            return false;
        }

        double sum = 0;
        foreach (double logWeight in logWeights)
        {
            sum += Math.Exp(logWeight - most);
        }

        logMass = most + Math.Log(sum);
        TensorPrimitives.Subtract(logWeights, logMass, destination);
        return true;
    }

    /// <summary>Bayes' rule in logarithms.</summary>
    /// <param name="logBelief">Logarithms of the belief.</param>
    /// <param name="logLikelihood">Logarithms of the likelihood of the observation.</param>
    /// <param name="destination">Receives the logarithms of the belief after the observation; a copy of <paramref name="logBelief"/> when the result is false.</param>
    /// <param name="logEvidence">Logarithm of the probability of the observation; negative infinity when the result is false.</param>
    /// <returns>False when the observation is impossible under the belief.</returns>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static bool TryUpdate(ReadOnlySpan<double> logBelief, ReadOnlySpan<double> logLikelihood, Span<double> destination, out double logEvidence)
    {
        BeliefKernels.RequireSameLength(logBelief.Length, logLikelihood.Length, nameof(logLikelihood));
        BeliefKernels.RequireSameLength(logBelief.Length, destination.Length, nameof(destination));
        double most = double.NegativeInfinity;
        for (int i = 0; i < logBelief.Length; i++)
        {
            most = Math.Max(most, logBelief[i] + logLikelihood[i]);
        }

        if (!double.IsFinite(most))
        {
            logBelief.CopyTo(destination);
            logEvidence = double.NegativeInfinity;
            return false;
        }

        TensorPrimitives.Add(logBelief, logLikelihood, destination);
        return TryNormalize(destination, destination, out logEvidence);
    }

    /// <summary>The weights themselves.</summary>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static void ToBelief(ReadOnlySpan<double> logBelief, Span<double> destination)
    {
        BeliefKernels.RequireSameLength(logBelief.Length, destination.Length, nameof(destination));
        TensorPrimitives.Exp(logBelief, destination);
    }
}
