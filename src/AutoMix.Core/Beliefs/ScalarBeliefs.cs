using System.Numerics;

namespace AutoMix.Beliefs;

/// <summary>What <see cref="BeliefKernels"/> must compute, one number at a time: the reference of the tests and benchmarks.</summary>
internal static class ScalarBeliefs
{
    public static bool TryNormalize<T>(ReadOnlySpan<T> weights, Span<T> destination)
        where T : IBinaryFloatingPointIeee754<T>
    {
        T sum = T.Zero;
        foreach (T weight in weights)
        {
            sum += weight;
        }

        for (int i = 0; i < weights.Length; i++)
        {
            destination[i] = sum > T.Zero ? weights[i] / sum : weights[i];
        }

        return sum > T.Zero;
    }

    public static bool TryUpdate<T>(ReadOnlySpan<T> belief, ReadOnlySpan<T> likelihood, Span<T> destination, out T evidence)
        where T : IBinaryFloatingPointIeee754<T>
    {
        evidence = T.Zero;
        for (int i = 0; i < belief.Length; i++)
        {
            evidence += belief[i] * likelihood[i];
        }

        for (int i = 0; i < belief.Length; i++)
        {
            destination[i] = evidence > T.Zero ? belief[i] * likelihood[i] / evidence : belief[i];
        }

        return evidence > T.Zero;
    }

    public static T ExpectedValue<T>(ReadOnlySpan<T> belief, ReadOnlySpan<T> values)
        where T : IBinaryFloatingPointIeee754<T>
    {
        T sum = T.Zero;
        for (int i = 0; i < belief.Length; i++)
        {
            sum += belief[i] * values[i];
        }

        return sum;
    }

    public static T Entropy<T>(ReadOnlySpan<T> belief)
        where T : IBinaryFloatingPointIeee754<T>
    {
        T sum = T.Zero;
        foreach (T weight in belief)
        {
            sum -= weight > T.Zero ? weight * T.Log(weight) : T.Zero;
        }

        return sum;
    }
}
