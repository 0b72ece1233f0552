using System.Numerics.Tensors;

namespace AutoMix.Beliefs;

/// <summary>
/// Arithmetic on beliefs over a finite state set whose state does not change while it is observed (T = identity):
/// spans in, span out, destination last, no allocation.
/// </summary>
/// <remarks>
/// <para>A belief is a vector of non-negative weights that sum to 1. A batch is many beliefs of <c>stateCount</c> numbers
/// one after another. The destination may be the very span of the input (in place); a partial overlap is not supported.</para>
/// <para>An observation that no state with weight explains is impossible under the belief. It is reported by the result, and the
/// belief stays as it was: no kernel ever writes NaN for finite input. Weights and likelihoods are not checked for being
/// non-negative; an evidence that is not a positive finite number counts as impossible.</para>
/// <para>All members are pure functions of their arguments and safe to call from many threads.</para>
/// </remarks>
public static class BeliefKernels
{
    /// <summary>Scales <paramref name="weights"/> so that they sum to 1.</summary>
    /// <param name="weights">Non-negative weights.</param>
    /// <param name="destination">Receives the belief; as long as <paramref name="weights"/>. Copied unscaled when the result is false.</param>
    /// <returns>False when the weights sum to nothing (all zero, or empty) or to something that is not finite.</returns>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static bool TryNormalize(ReadOnlySpan<float> weights, Span<float> destination)
    {
        RequireSameLength(weights.Length, destination.Length, nameof(destination));
        return FusedUpdate.TryNormalize(weights, destination);
    }

    /// <inheritdoc cref="TryNormalize(ReadOnlySpan{float}, Span{float})"/>
    public static bool TryNormalize(ReadOnlySpan<double> weights, Span<double> destination)
    {
        RequireSameLength(weights.Length, destination.Length, nameof(destination));
        return FusedUpdate.TryNormalize(weights, destination);
    }

    /// <summary>Bayes' rule: destination is proportional to <paramref name="belief"/> times <paramref name="likelihood"/>.</summary>
    /// <param name="belief">The belief before the observation.</param>
    /// <param name="likelihood">Probability (or any positive multiple of it) of the observation in each state.</param>
    /// <param name="destination">Receives the belief after it, or a copy of <paramref name="belief"/> when the result is false.</param>
    /// <param name="evidence">Probability of the observation under the belief: positive exactly when the result is true.</param>
    /// <returns>False when the observation is impossible under the belief.</returns>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static bool TryUpdate(ReadOnlySpan<float> belief, ReadOnlySpan<float> likelihood, Span<float> destination, out float evidence)
    {
        RequireSameLength(belief.Length, likelihood.Length, nameof(likelihood));
        RequireSameLength(belief.Length, destination.Length, nameof(destination));
        return FusedUpdate.TryUpdate(belief, likelihood, destination, out evidence);
    }

    /// <inheritdoc cref="TryUpdate(ReadOnlySpan{float}, ReadOnlySpan{float}, Span{float}, out float)"/>
    public static bool TryUpdate(ReadOnlySpan<double> belief, ReadOnlySpan<double> likelihood, Span<double> destination, out double evidence)
    {
        RequireSameLength(belief.Length, likelihood.Length, nameof(likelihood));
        RequireSameLength(belief.Length, destination.Length, nameof(destination));
        return FusedUpdate.TryUpdate(belief, likelihood, destination, out evidence);
    }

    /// <summary>Bayes' rule for every belief of a batch, each with a likelihood of its own.</summary>
    /// <param name="beliefs">The beliefs, one after another.</param>
    /// <param name="likelihoods">The likelihoods in the same order, or one likelihood of <paramref name="stateCount"/> numbers for all.</param>
    /// <param name="stateCount">Numbers in one belief.</param>
    /// <param name="destination">Receives the beliefs; an impossible observation leaves its belief as it was.</param>
    /// <param name="evidence">Receives the evidence of each belief: 0 where the observation is impossible.</param>
    /// <returns>How many of the observations were impossible.</returns>
    /// <exception cref="ArgumentException">The lengths do not fit together.</exception>
    public static int UpdateBatch(ReadOnlySpan<float> beliefs, ReadOnlySpan<float> likelihoods, int stateCount, Span<float> destination, Span<float> evidence)
    {
        RequireBatch(beliefs.Length, stateCount, evidence.Length, nameof(evidence));
        RequireSameLength(beliefs.Length, destination.Length, nameof(destination));
        RequireLikelihoods(beliefs.Length, likelihoods.Length, stateCount);
        return FusedUpdate.UpdateBatch(beliefs, likelihoods, stateCount, destination, evidence);
    }

    /// <inheritdoc cref="UpdateBatch(ReadOnlySpan{float}, ReadOnlySpan{float}, int, Span{float}, Span{float})"/>
    public static int UpdateBatch(ReadOnlySpan<double> beliefs, ReadOnlySpan<double> likelihoods, int stateCount, Span<double> destination, Span<double> evidence)
    {
        RequireBatch(beliefs.Length, stateCount, evidence.Length, nameof(evidence));
        RequireSameLength(beliefs.Length, destination.Length, nameof(destination));
        RequireLikelihoods(beliefs.Length, likelihoods.Length, stateCount);
        return FusedUpdate.UpdateBatch(beliefs, likelihoods, stateCount, destination, evidence);
    }

    /// <summary>Scales every row of a batch so that it sums to 1.</summary>
    /// <param name="weights">Non-negative weights, row after row.</param>
    /// <param name="stateCount">Numbers in one row.</param>
    /// <param name="destination">Receives the beliefs; a row without weight is copied as it is.</param>
    /// <returns>How many rows had no weight.</returns>
    /// <exception cref="ArgumentException">The lengths do not fit together.</exception>
    public static int NormalizeBatch(ReadOnlySpan<float> weights, int stateCount, Span<float> destination)
    {
        int count = RequireBatch(weights.Length, stateCount);
        RequireSameLength(weights.Length, destination.Length, nameof(destination));
        int failed = 0;
        for (int i = 0; i < count; i++)
        {
            failed += FusedUpdate.TryNormalize(weights.Slice(i * stateCount, stateCount), destination.Slice(i * stateCount, stateCount)) ? 0 : 1;
        }

        return failed;
    }

    /// <inheritdoc cref="NormalizeBatch(ReadOnlySpan{float}, int, Span{float})"/>
    public static int NormalizeBatch(ReadOnlySpan<double> weights, int stateCount, Span<double> destination)
    {
        int count = RequireBatch(weights.Length, stateCount);
        RequireSameLength(weights.Length, destination.Length, nameof(destination));
        int failed = 0;
        for (int i = 0; i < count; i++)
        {
            failed += FusedUpdate.TryNormalize(weights.Slice(i * stateCount, stateCount), destination.Slice(i * stateCount, stateCount)) ? 0 : 1;
        }

        return failed;
    }

    /// <summary>The mean of <paramref name="values"/> under <paramref name="belief"/>.</summary>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static float ExpectedValue(ReadOnlySpan<float> belief, ReadOnlySpan<float> values)
    {
        RequireSameLength(belief.Length, values.Length, nameof(values));
        return TensorPrimitives.Dot(belief, values);
    }

    /// <inheritdoc cref="ExpectedValue(ReadOnlySpan{float}, ReadOnlySpan{float})"/>
    public static double ExpectedValue(ReadOnlySpan<double> belief, ReadOnlySpan<double> values)
    {
        RequireSameLength(belief.Length, values.Length, nameof(values));
        return TensorPrimitives.Dot(belief, values);
    }

    /// <summary>The mean of <paramref name="values"/> under every belief of a batch.</summary>
    /// <param name="beliefs">The beliefs, one after another.</param>
    /// <param name="values">One value a state.</param>
    /// <param name="destination">Receives one mean a belief.</param>
    /// <exception cref="ArgumentException">The lengths do not fit together.</exception>
    public static void ExpectedValueBatch(ReadOnlySpan<float> beliefs, ReadOnlySpan<float> values, Span<float> destination)
    {
        RequireBatch(beliefs.Length, values.Length, destination.Length, nameof(destination));
        for (int i = 0; i < destination.Length; i++)
        {
            destination[i] = TensorPrimitives.Dot(beliefs.Slice(i * values.Length, values.Length), values);
        }
    }

    /// <inheritdoc cref="ExpectedValueBatch(ReadOnlySpan{float}, ReadOnlySpan{float}, Span{float})"/>
    public static void ExpectedValueBatch(ReadOnlySpan<double> beliefs, ReadOnlySpan<double> values, Span<double> destination)
    {
        RequireBatch(beliefs.Length, values.Length, destination.Length, nameof(destination));
        for (int i = 0; i < destination.Length; i++)
        {
            destination[i] = TensorPrimitives.Dot(beliefs.Slice(i * values.Length, values.Length), values);
        }
    }

    /// <summary>Shannon entropy in nats; a state without weight adds nothing.</summary>
    public static float Entropy(ReadOnlySpan<float> belief) => FusedUpdate.Entropy(belief);

    /// <inheritdoc cref="Entropy(ReadOnlySpan{float})"/>
    public static double Entropy(ReadOnlySpan<double> belief) => FusedUpdate.Entropy(belief);

    /// <summary>Shannon entropy in nats of every belief of a batch.</summary>
    /// <param name="beliefs">The beliefs, one after another.</param>
    /// <param name="stateCount">Numbers in one belief.</param>
    /// <param name="destination">Receives one entropy a belief.</param>
    /// <exception cref="ArgumentException">The lengths do not fit together.</exception>
    public static void EntropyBatch(ReadOnlySpan<float> beliefs, int stateCount, Span<float> destination)
    {
        RequireBatch(beliefs.Length, stateCount, destination.Length, nameof(destination));
        for (int i = 0; i < destination.Length; i++)
        {
            destination[i] = FusedUpdate.Entropy(beliefs.Slice(i * stateCount, stateCount));
        }
    }

    /// <inheritdoc cref="EntropyBatch(ReadOnlySpan{float}, int, Span{float})"/>
    public static void EntropyBatch(ReadOnlySpan<double> beliefs, int stateCount, Span<double> destination)
    {
        RequireBatch(beliefs.Length, stateCount, destination.Length, nameof(destination));
        for (int i = 0; i < destination.Length; i++)
        {
            destination[i] = FusedUpdate.Entropy(beliefs.Slice(i * stateCount, stateCount));
        }
    }

    internal static void RequireSameLength(int expected, int actual, string name)
    {
        if (expected != actual)
        {
            ThrowLength(expected, actual, name);
        }
    }

    private static int RequireBatch(int length, int stateCount)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(stateCount);
        if (length % stateCount != 0)
        {
            throw new ArgumentException($"{length} numbers are not a whole number of beliefs of {stateCount} states.");
        }

        return length / stateCount;
    }

    private static void RequireBatch(int length, int stateCount, int count, string name) =>
        RequireSameLength(RequireBatch(length, stateCount), count, name);

    private static void RequireLikelihoods(int beliefs, int likelihoods, int stateCount)
    {
        if (likelihoods != stateCount)
        {
            RequireSameLength(beliefs, likelihoods, nameof(likelihoods));
        }
    }

    private static void ThrowLength(int expected, int actual, string name) =>
        throw new ArgumentException($"Expected {expected} numbers, got {actual}.", name);
}
