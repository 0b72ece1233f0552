using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace AutoMix.Pomdps;

/// <summary>
/// The lower bound of a class: alpha vectors eight abreast, state by state, so that a sparse belief meets eight vectors with one
/// multiply-add a state, without gathers or horizontal sums.
/// </summary>
internal sealed class AlphaSet(int size)
{
    internal const int Lanes = 8;

    private readonly List<Alpha> _alphas = [];
    private double[] _data = [];
    private int _stamp;

    public int Count => _alphas.Count;

    public int Stamp => _stamp;

    public IReadOnlyList<Alpha> Alphas => _alphas;

    /// <summary>What to do where nothing better is known: the vector with the largest mean.</summary>
    public Alpha Default { get; private set; } = null!;

    private double _defaultSum = double.NegativeInfinity;

    public void Add(Alpha alpha)
    {
        alpha.Stamp = ++_stamp;
        Append(alpha);
    }

    /// <summary>Raises the node's lower bound to the best vector that came since it was last compared.</summary>
    public void Raise(BeliefNode node)
    {
        if (node.LowerSeen >= _stamp)
        {
            return;
        }

        int from = FirstAfter(node.LowerSeen) / Lanes;
        int blocks = (_alphas.Count + Lanes - 1) / Lanes;
        node.LowerSeen = _stamp;
        double best = node.Lower;
        int bestIndex = -1;
        ref double data = ref MemoryMarshal.GetArrayDataReference(_data);
        int[] states = node.States;
        double[] weights = node.Weights;
        nuint blockSize = (nuint)(size * Lanes);
        int block = from;
        for (; block + 4 <= blocks; block += 4)
        {
            ref double at = ref Unsafe.Add(ref data, (nuint)block * blockSize);
            Vector512<double> s0 = Vector512<double>.Zero, s1 = s0, s2 = s0, s3 = s0;
            for (int i = 0; i < states.Length; i++)
            {
                Vector512<double> w = Vector512.Create(weights[i]);
                nuint offset = (nuint)(states[i] * Lanes);
                s0 = Vector512.MultiplyAddEstimate(w, Vector512.LoadUnsafe(ref at, offset), s0);
                s1 = Vector512.MultiplyAddEstimate(w, Vector512.LoadUnsafe(ref at, offset + blockSize), s1);
                s2 = Vector512.MultiplyAddEstimate(w, Vector512.LoadUnsafe(ref at, offset + (2 * blockSize)), s2);
                s3 = Vector512.MultiplyAddEstimate(w, Vector512.LoadUnsafe(ref at, offset + (3 * blockSize)), s3);
            }

            Take(s0, block, ref best, ref bestIndex);
            Take(s1, block + 1, ref best, ref bestIndex);
            Take(s2, block + 2, ref best, ref bestIndex);
            Take(s3, block + 3, ref best, ref bestIndex);
        }

        for (; block < blocks; block++)
        {
            ref double at = ref Unsafe.Add(ref data, (nuint)block * blockSize);
            Vector512<double> s0 = Vector512<double>.Zero, s1 = s0;
            int i = 0;
            for (; i + 2 <= states.Length; i += 2)
            {
                s0 = Vector512.MultiplyAddEstimate(Vector512.Create(weights[i]), Vector512.LoadUnsafe(ref at, (nuint)(states[i] * Lanes)), s0);
                s1 = Vector512.MultiplyAddEstimate(Vector512.Create(weights[i + 1]), Vector512.LoadUnsafe(ref at, (nuint)(states[i + 1] * Lanes)), s1);
            }

            if (i < states.Length)
            {
                s0 = Vector512.MultiplyAddEstimate(Vector512.Create(weights[i]), Vector512.LoadUnsafe(ref at, (nuint)(states[i] * Lanes)), s0);
            }

            Take(s0 + s1, block, ref best, ref bestIndex);
        }

        if (bestIndex >= 0)
        {
            node.Lower = best;
            node.Best = _alphas[bestIndex];
        }
    }

    /// <summary>Drops the vectors that <see cref="Alpha.IsUsed"/> does not hold on to; the others keep their order and stamps.</summary>
    public void Prune()
    {
        Alpha[] kept = [.. _alphas.Where(a => a.IsUsed || a == Default)];
        if (kept.Length == _alphas.Count)
        {
            return;
        }

        _alphas.Clear();
        foreach (Alpha alpha in kept)
        {
            Append(alpha);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Take(Vector512<double> values, int block, ref double best, ref int bestIndex)
    {
        if (Vector512.GreaterThanAny(values, Vector512.Create(best)))
        {
            for (int lane = 0; lane < Lanes; lane++)
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

    private void Append(Alpha alpha)
    {
        int index = _alphas.Count, block = index / Lanes, lane = index % Lanes;
        long needed = (long)(block + 1) * size * Lanes;
        if (needed > _data.Length)
        {
            Array.Resize(ref _data, (int)Math.Min(Array.MaxLength, Math.Max(needed, 2L * _data.Length)));
        }

        if (lane == 0)
        {
            _data.AsSpan(block * size * Lanes, size * Lanes).Fill(-1e300);
        }

        _alphas.Add(alpha);
        double sum = 0;
        int at = (block * size * Lanes) + lane;
        foreach (double value in alpha.Values)
        {
            _data[at] = value;
            at += Lanes;
            sum += value;
        }

        if (sum > _defaultSum)
        {
            _defaultSum = sum;
            Default = alpha;
        }
    }

    private int FirstAfter(int stamp)
    {
        int low = 0, high = _alphas.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (_alphas[middle].Stamp > stamp)
            {
                high = middle;
            }
            else
            {
                low = middle + 1;
            }
        }

        return low;
    }
}
