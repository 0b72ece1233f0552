using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace AutoMix.Pomdps;

/// <summary>The policy of a set of alpha vectors: the action of the vector that is worth most under the belief.</summary>
/// <remarks>
/// Immutable and safe to share; deciding allocates nothing. The vectors stand eight abreast, state by state, so that eight of
/// them meet a state with one multiply-add and states without weight cost nothing.
/// </remarks>
public sealed class AlphaVectorPolicy : IPomdpPolicy
{
    private const int Lanes = 8;

    private readonly AlphaVector[] _vectors;
    private readonly double[] _data;

    /// <summary>Makes a policy of at least one vector.</summary>
    /// <exception cref="ArgumentException">There is no vector, or their lengths differ.</exception>
    public AlphaVectorPolicy(IEnumerable<AlphaVector> vectors)
    {
        ArgumentNullException.ThrowIfNull(vectors);
        _vectors = [.. vectors];
        if (_vectors.Length == 0)
        {
            throw new ArgumentException("A policy needs at least one alpha vector.", nameof(vectors));
        }

        StateCount = _vectors[0].Values.Length;
        int blocks = (_vectors.Length + Lanes - 1) / Lanes;
        _data = new double[(long)blocks * StateCount * Lanes];
        _data.AsSpan((blocks - 1) * StateCount * Lanes).Fill(double.MinValue);
        for (int i = 0; i < _vectors.Length; i++)
        {
            ReadOnlySpan<double> values = _vectors[i].Values;
            if (values.Length != StateCount)
            {
                throw new ArgumentException($"Vector {i} has {values.Length} states, not {StateCount}.", nameof(vectors));
            }

            long at = ((long)(i / Lanes) * StateCount * Lanes) + (i % Lanes);
            foreach (double value in values)
            {
                _data[at] = value;
                at += Lanes;
            }
        }
    }

    /// <summary>The vectors.</summary>
    public IReadOnlyList<AlphaVector> Vectors => _vectors;

    /// <summary>Number of states.</summary>
    public int StateCount { get; }

    /// <inheritdoc/>
    public int Action(ReadOnlySpan<double> belief) => _vectors[Best(belief, out _)].Action;

    /// <inheritdoc/>
    public double Value(ReadOnlySpan<double> belief)
    {
        Best(belief, out double value);
        return value;
    }

    /// <summary>Index of the vector that is worth most under the belief, and its worth.</summary>
    /// <exception cref="ArgumentException">The belief has another number of states.</exception>
    public int Best(ReadOnlySpan<double> belief, out double value)
    {
        if (belief.Length != StateCount)
        {
            throw new ArgumentException($"The belief has {belief.Length} states, the policy {StateCount}.", nameof(belief));
        }

        ref double data = ref MemoryMarshal.GetArrayDataReference(_data);
        ref double weights = ref MemoryMarshal.GetReference(belief);
        nuint blockSize = (nuint)StateCount * Lanes;
        int blocks = (_vectors.Length + Lanes - 1) / Lanes, block = 0, best = 0;
        value = double.NegativeInfinity;
        for (; block + 4 <= blocks; block += 4)
        {
            ref double at = ref Unsafe.Add(ref data, (nuint)block * blockSize);
            Vector512<double> s0 = Vector512<double>.Zero, s1 = s0, s2 = s0, s3 = s0;
            for (nuint s = 0; s < (nuint)belief.Length; s++)
            {
                double weight = Unsafe.Add(ref weights, s);
                if (weight != 0)
                {
                    Vector512<double> w = Vector512.Create(weight);
                    nuint offset = s * Lanes;
                    s0 = Vector512.MultiplyAddEstimate(w, Vector512.LoadUnsafe(ref at, offset), s0);
                    s1 = Vector512.MultiplyAddEstimate(w, Vector512.LoadUnsafe(ref at, offset + blockSize), s1);
                    s2 = Vector512.MultiplyAddEstimate(w, Vector512.LoadUnsafe(ref at, offset + (2 * blockSize)), s2);
                    s3 = Vector512.MultiplyAddEstimate(w, Vector512.LoadUnsafe(ref at, offset + (3 * blockSize)), s3);
                }
            }

            Take(s0, block, ref value, ref best);
            Take(s1, block + 1, ref value, ref best);
            Take(s2, block + 2, ref value, ref best);
            Take(s3, block + 3, ref value, ref best);
        }

        for (; block < blocks; block++)
        {
            ref double at = ref Unsafe.Add(ref data, (nuint)block * blockSize);
            Vector512<double> sum = Vector512<double>.Zero;
            for (nuint s = 0; s < (nuint)belief.Length; s++)
            {
                double weight = Unsafe.Add(ref weights, s);
                if (weight != 0)
                {
                    sum = Vector512.MultiplyAddEstimate(Vector512.Create(weight), Vector512.LoadUnsafe(ref at, s * Lanes), sum);
                }
            }

            Take(sum, block, ref value, ref best);
        }

        return best;
    }

    private void Take(Vector512<double> values, int block, ref double best, ref int bestIndex)
    {
        if (!Vector512.GreaterThanAny(values, Vector512.Create(best)))
        {
            return;
        }

        int lanes = Math.Min(Lanes, _vectors.Length - (block * Lanes));
        for (int lane = 0; lane < lanes; lane++)
        {
            double value = values.GetElement(lane);
            if (value > best)
            {
                best = value;
                bestIndex = (block * Lanes) + lane;
            }
        }
    }
}
