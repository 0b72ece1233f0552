using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace AutoMix.Beliefs;

/// <summary>
/// The element-wise update in two passes that never write an intermediate: sum of products, then product times scale.
/// TensorPrimitives would need three (multiply, sum, divide) with a store between them; docs/benchmarks.md has both.
/// </summary>
internal static class FusedUpdate
{
    public static bool TryNormalize<T>(ReadOnlySpan<T> weights, Span<T> destination)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        T sum = Sum(weights);
        if (IsSafe(sum))
        {
            Scale(weights, T.One / sum, destination);
            return true;
        }

        return TryNormalizeScaled(weights, destination);
    }

    public static bool TryUpdate<T>(ReadOnlySpan<T> belief, ReadOnlySpan<T> likelihood, Span<T> destination, out T evidence)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        evidence = Dot(belief, likelihood);
        if (IsSafe(evidence))
        {
            MultiplyScale(belief, likelihood, T.One / evidence, destination);
            return true;
        }

        return TryUpdateScaled(belief, likelihood, destination, out evidence);
    }

    public static int UpdateBatch<T>(ReadOnlySpan<T> beliefs, ReadOnlySpan<T> likelihoods, int stateCount, Span<T> destination, Span<T> evidence)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int impossible = 0;
        int likelihoodStep = likelihoods.Length == beliefs.Length ? stateCount : 0;
        if (Vector512.IsHardwareAccelerated && stateCount == 2 * Vector512<T>.Count)
        {
            return UpdateBatchOfTwoVectors(beliefs, likelihoods, likelihoodStep, destination, evidence);
        }

        for (int i = 0; i < evidence.Length; i++)
        {
            int at = i * stateCount;
            ReadOnlySpan<T> likelihood = likelihoods.Slice(i * likelihoodStep, stateCount);
            impossible += TryUpdate(beliefs.Slice(at, stateCount), likelihood, destination.Slice(at, stateCount), out evidence[i]) ? 0 : 1;
        }

        return impossible;
    }

    public static T Entropy<T>(ReadOnlySpan<T> belief)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ref T p = ref MemoryMarshal.GetReference(belief);
        nuint n = (nuint)belief.Length, i = 0;
        T total = T.Zero;
        if (Vector128.IsHardwareAccelerated && n >= (nuint)Vector128<T>.Count)
        {
            // 0 ln 0 = 0: the logarithm is taken of at least the smallest normal number, then multiplied by the weight.
            Vector128<T> sum = Vector128<T>.Zero, floor = Vector128.Create(SmallestNormal<T>());
            if (Vector512.IsHardwareAccelerated)
            {
                Vector512<T> sum512 = Vector512<T>.Zero, floor512 = Vector512.Create(SmallestNormal<T>());
                for (; n - i >= (nuint)Vector512<T>.Count; i += (nuint)Vector512<T>.Count)
                {
                    Vector512<T> w = Vector512.LoadUnsafe(ref p, i);
                    sum512 -= w * Log(Vector512.Max(w, floor512));
                }

                total += Vector512.Sum(sum512);
            }

            for (; n - i >= (nuint)Vector128<T>.Count; i += (nuint)Vector128<T>.Count)
            {
                Vector128<T> w = Vector128.LoadUnsafe(ref p, i);
                sum -= w * Log(Vector128.Max(w, floor));
            }

            total += Vector128.Sum(sum);
        }

        for (; i < n; i++)
        {
            T w = Unsafe.Add(ref p, i);
            total -= w > T.Zero ? w * T.Log(w) : T.Zero;
        }

        return total;
    }

    /// <summary>Sum of the products, four chains wide so that the additions' latency does not decide the time.</summary>
    public static T Dot<T>(ReadOnlySpan<T> left, ReadOnlySpan<T> right)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ref T a = ref MemoryMarshal.GetReference(left);
        ref T b = ref MemoryMarshal.GetReference(right);
        nuint n = (nuint)left.Length, i = 0;
        T total = T.Zero;
        if (Vector512.IsHardwareAccelerated && n >= (nuint)Vector512<T>.Count)
        {
            nuint w = (nuint)Vector512<T>.Count;
            Vector512<T> s0 = Vector512<T>.Zero, s1 = s0, s2 = s0, s3 = s0;
            for (; n - i >= 4 * w; i += 4 * w)
            {
                s0 = MultiplyAdd(Vector512.LoadUnsafe(ref a, i), Vector512.LoadUnsafe(ref b, i), s0);
                s1 = MultiplyAdd(Vector512.LoadUnsafe(ref a, i + w), Vector512.LoadUnsafe(ref b, i + w), s1);
                s2 = MultiplyAdd(Vector512.LoadUnsafe(ref a, i + (2 * w)), Vector512.LoadUnsafe(ref b, i + (2 * w)), s2);
                s3 = MultiplyAdd(Vector512.LoadUnsafe(ref a, i + (3 * w)), Vector512.LoadUnsafe(ref b, i + (3 * w)), s3);
            }

            for (; n - i >= w; i += w)
            {
                s0 = MultiplyAdd(Vector512.LoadUnsafe(ref a, i), Vector512.LoadUnsafe(ref b, i), s0);
            }

            total = Vector512.Sum(s0 + s1 + (s2 + s3));
        }
        else if (Vector256.IsHardwareAccelerated && n >= (nuint)Vector256<T>.Count)
        {
            nuint w = (nuint)Vector256<T>.Count;
            Vector256<T> s0 = Vector256<T>.Zero, s1 = s0, s2 = s0, s3 = s0;
            for (; n - i >= 4 * w; i += 4 * w)
            {
                s0 = MultiplyAdd(Vector256.LoadUnsafe(ref a, i), Vector256.LoadUnsafe(ref b, i), s0);
                s1 = MultiplyAdd(Vector256.LoadUnsafe(ref a, i + w), Vector256.LoadUnsafe(ref b, i + w), s1);
                s2 = MultiplyAdd(Vector256.LoadUnsafe(ref a, i + (2 * w)), Vector256.LoadUnsafe(ref b, i + (2 * w)), s2);
                s3 = MultiplyAdd(Vector256.LoadUnsafe(ref a, i + (3 * w)), Vector256.LoadUnsafe(ref b, i + (3 * w)), s3);
            }

            for (; n - i >= w; i += w)
            {
                s0 = MultiplyAdd(Vector256.LoadUnsafe(ref a, i), Vector256.LoadUnsafe(ref b, i), s0);
            }

            total = Vector256.Sum(s0 + s1 + (s2 + s3));
        }

        if (Vector128.IsHardwareAccelerated && n - i >= (nuint)Vector128<T>.Count)
        {
            Vector128<T> s = Vector128<T>.Zero;
            for (; n - i >= (nuint)Vector128<T>.Count; i += (nuint)Vector128<T>.Count)
            {
                s = MultiplyAdd(Vector128.LoadUnsafe(ref a, i), Vector128.LoadUnsafe(ref b, i), s);
            }

            total += Vector128.Sum(s);
        }

        for (; i < n; i++)
        {
            total += Unsafe.Add(ref a, i) * Unsafe.Add(ref b, i);
        }

        return total;
    }

    /// <summary>destination = left * right * scale; destination may be left.</summary>
    public static void MultiplyScale<T>(ReadOnlySpan<T> left, ReadOnlySpan<T> right, T scale, Span<T> destination)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ref T a = ref MemoryMarshal.GetReference(left);
        ref T b = ref MemoryMarshal.GetReference(right);
        ref T d = ref MemoryMarshal.GetReference(destination);
        nuint n = (nuint)left.Length, i = 0;
        if (Vector512.IsHardwareAccelerated)
        {
            Vector512<T> factor = Vector512.Create(scale);
            for (; n - i >= (nuint)Vector512<T>.Count; i += (nuint)Vector512<T>.Count)
            {
                (Vector512.LoadUnsafe(ref a, i) * Vector512.LoadUnsafe(ref b, i) * factor).StoreUnsafe(ref d, i);
            }
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            Vector256<T> factor = Vector256.Create(scale);
            for (; n - i >= (nuint)Vector256<T>.Count; i += (nuint)Vector256<T>.Count)
            {
                (Vector256.LoadUnsafe(ref a, i) * Vector256.LoadUnsafe(ref b, i) * factor).StoreUnsafe(ref d, i);
            }
        }

        if (Vector128.IsHardwareAccelerated)
        {
            Vector128<T> factor = Vector128.Create(scale);
            for (; n - i >= (nuint)Vector128<T>.Count; i += (nuint)Vector128<T>.Count)
            {
                (Vector128.LoadUnsafe(ref a, i) * Vector128.LoadUnsafe(ref b, i) * factor).StoreUnsafe(ref d, i);
            }
        }

        for (; i < n; i++)
        {
            Unsafe.Add(ref d, i) = Unsafe.Add(ref a, i) * Unsafe.Add(ref b, i) * scale;
        }
    }

    private static int UpdateBatchOfTwoVectors<T>(ReadOnlySpan<T> beliefs, ReadOnlySpan<T> likelihoods, int likelihoodStep, Span<T> destination, Span<T> evidence)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        // The product stays in registers between the sum and the scaling: every number is read once and written once.
        nuint w = (nuint)Vector512<T>.Count, step = (nuint)likelihoodStep, at = 0, atLikelihood = 0;
        ref T b = ref MemoryMarshal.GetReference(beliefs);
        ref T l = ref MemoryMarshal.GetReference(likelihoods);
        ref T d = ref MemoryMarshal.GetReference(destination);
        int impossible = 0;
        for (int i = 0; i < evidence.Length; i++)
        {
            Vector512<T> p0 = Vector512.LoadUnsafe(ref b, at) * Vector512.LoadUnsafe(ref l, atLikelihood);
            Vector512<T> p1 = Vector512.LoadUnsafe(ref b, at + w) * Vector512.LoadUnsafe(ref l, atLikelihood + w);
            T sum = Vector512.Sum(p0 + p1);
            if (IsSafe(sum))
            {
                Vector512<T> factor = Vector512.Create(T.One / sum);
                (p0 * factor).StoreUnsafe(ref d, at);
                (p1 * factor).StoreUnsafe(ref d, at + w);
                evidence[i] = sum;
            }
            else
            {
                int n = 2 * Vector512<T>.Count;
                impossible += TryUpdateScaled(beliefs.Slice((int)at, n), likelihoods.Slice((int)atLikelihood, n), destination.Slice((int)at, n), out evidence[i]) ? 0 : 1;
            }

            at += 2 * w;
            atLikelihood += step;
        }

        return impossible;
    }

    // Products that underflow: both sides are brought to a largest element of 1 first, and what is left decides.
    private static bool TryUpdateScaled<T>(ReadOnlySpan<T> belief, ReadOnlySpan<T> likelihood, Span<T> destination, out T evidence)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        evidence = T.Zero;
        T most = T.Zero;
        T largest = Largest(belief), largestLikelihood = Largest(likelihood);
        if (largest > T.Zero && largestLikelihood > T.Zero && T.IsFinite(largest) && T.IsFinite(largestLikelihood))
        {
            for (int i = 0; i < belief.Length; i++)
            {
                most = T.Max(most, (belief[i] / largest) * (likelihood[i] / largestLikelihood));
            }
        }

        if (!(most > T.Zero) || !T.IsFinite(most))
        {
            belief.CopyTo(destination);
            return false;
        }

        T sum = T.Zero;
        for (int i = 0; i < belief.Length; i++)
        {
            sum += (belief[i] / largest) * (likelihood[i] / largestLikelihood) / most;
        }

        for (int i = 0; i < belief.Length; i++)
        {
            destination[i] = (belief[i] / largest) * (likelihood[i] / largestLikelihood) / most / sum;
        }

        T exact = sum * most * largestLikelihood * largest;
        evidence = T.Clamp(exact, T.Epsilon, LargestFinite<T>());
        return true;
    }

    private static bool TryNormalizeScaled<T>(ReadOnlySpan<T> weights, Span<T> destination)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        T largest = Largest(weights);
        if (!(largest > T.Zero) || !T.IsFinite(largest))
        {
            weights.CopyTo(destination);
            return false;
        }

        T sum = T.Zero;
        foreach (T weight in weights)
        {
            sum += weight / largest;
        }

        for (int i = 0; i < weights.Length; i++)
        {
            destination[i] = weights[i] / largest / sum;
        }

        return true;
    }

    private static T Sum<T>(ReadOnlySpan<T> values)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => System.Numerics.Tensors.TensorPrimitives.Sum(values);

    private static void Scale<T>(ReadOnlySpan<T> values, T scale, Span<T> destination)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => System.Numerics.Tensors.TensorPrimitives.Multiply(values, scale, destination);

    private static T Largest<T>(ReadOnlySpan<T> values)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        T largest = T.Zero;
        foreach (T value in values)
        {
            largest = T.Max(largest, value); // propagates NaN
        }

        return largest;
    }

    // Below this the reciprocal of the sum could overflow and the products have lost digits to underflow.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsSafe<T>(T sum)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => typeof(T) == typeof(float)
            ? (float)(object)sum is > 1e-30f and < 1e30f
            : (double)(object)sum is > 1e-290 and < 1e290;

    private static T SmallestNormal<T>()
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => typeof(T) == typeof(float) ? (T)(object)1.17549435e-38f : (T)(object)2.2250738585072014e-308;

    private static T LargestFinite<T>()
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => typeof(T) == typeof(float) ? (T)(object)float.MaxValue : (T)(object)double.MaxValue;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<T> Log<T>(Vector512<T> v) => typeof(T) == typeof(float)
        ? Vector512.Log(v.AsSingle()).As<float, T>()
        : Vector512.Log(v.AsDouble()).As<double, T>();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<T> Log<T>(Vector128<T> v) => typeof(T) == typeof(float)
        ? Vector128.Log(v.AsSingle()).As<float, T>()
        : Vector128.Log(v.AsDouble()).As<double, T>();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<T> MultiplyAdd<T>(Vector512<T> a, Vector512<T> b, Vector512<T> c) => typeof(T) == typeof(float)
        ? Vector512.MultiplyAddEstimate(a.AsSingle(), b.AsSingle(), c.AsSingle()).As<float, T>()
        : Vector512.MultiplyAddEstimate(a.AsDouble(), b.AsDouble(), c.AsDouble()).As<double, T>();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<T> MultiplyAdd<T>(Vector256<T> a, Vector256<T> b, Vector256<T> c) => typeof(T) == typeof(float)
        ? Vector256.MultiplyAddEstimate(a.AsSingle(), b.AsSingle(), c.AsSingle()).As<float, T>()
        : Vector256.MultiplyAddEstimate(a.AsDouble(), b.AsDouble(), c.AsDouble()).As<double, T>();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<T> MultiplyAdd<T>(Vector128<T> a, Vector128<T> b, Vector128<T> c) => typeof(T) == typeof(float)
        ? Vector128.MultiplyAddEstimate(a.AsSingle(), b.AsSingle(), c.AsSingle()).As<float, T>()
        : Vector128.MultiplyAddEstimate(a.AsDouble(), b.AsDouble(), c.AsDouble()).As<double, T>();
}
