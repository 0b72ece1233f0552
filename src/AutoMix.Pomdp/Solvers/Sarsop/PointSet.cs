using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace AutoMix.Pomdps;

/// <summary>
/// The upper bound of a class: beliefs whose value is known from above. A belief b that contains a share t of a point c,
/// b = t c + (1 - t) r, is worth at most t v(c) + (1 - t) f(r), where f is the fast informed bound: the sawtooth,
/// hung on f instead of on the corners, which is tighter because f lies under the plane through the corners.
/// </summary>
/// <remarks>
/// (1 - t) f(r) = max over a of f_a(b) - t f_a(c), so a point stores v(c) - f_a(c) for each action, and the inverse of each weight.
/// Points stand eight abreast like the vectors of <see cref="AlphaSet"/>.
/// </remarks>
internal sealed class PointSet(int size, int actionCount, int actionWidth)
{
    private const int Lanes = AlphaSet.Lanes;
    private const double Never = 1e300;

    private readonly List<Point> _points = [];
    private readonly int[] _mark = new int[size];
    private int _markStamp;
    private double[] _inverse = [];
    private double[] _drop = [];
    private ulong[] _signatures = [];
    private int _stamp;

    public int Count => _points.Count;

    public static ulong Signature(int size, ReadOnlySpan<int> states)
    {
        ulong signature = 0;
        foreach (int state in states)
        {
            signature |= 1UL << (size <= 64 ? state : state % 64);
        }

        return signature;
    }

    /// <summary>Makes the node's upper bound known to the beliefs around it.</summary>
    public void Add(BeliefNode node)
    {
        node.UpperShared = node.Upper;
        Append(new Point(node, node.Upper, ++_stamp));
    }

    /// <summary>Lowers the node's upper bound by the points that came since it was last compared.</summary>
    public void Lower(BeliefNode node)
    {
        if (node.UpperSeen >= _stamp)
        {
            return;
        }

        int from = FirstAfter(node.UpperSeen) / Lanes;
        node.UpperSeen = _stamp;
        int blocks = (_points.Count + Lanes - 1) / Lanes;
        double best = node.Upper;
        int[] states = node.States;
        double[] weights = node.Weights;
        double[] informed = node.Informed;
        ulong outside = ~node.Signature;
        bool marked = false;
        ref double inverse = ref MemoryMarshal.GetArrayDataReference(_inverse);
        ref double drop = ref MemoryMarshal.GetArrayDataReference(_drop);
        for (int block = from; block < blocks; block++)
        {
            if (Vector512.EqualsAll(Vector512.Min(Vector512.LoadUnsafe(ref _signatures[block * Lanes]) & Vector512.Create(outside), Vector512<ulong>.One), Vector512<ulong>.One))
            {
                continue;
            }

            ref double at = ref Unsafe.Add(ref inverse, (nuint)block * (nuint)(size * Lanes));
            Vector512<double> share = Vector512<double>.One, share1 = Vector512<double>.One;
            int i = 0;
            for (; i + 2 <= states.Length; i += 2)
            {
                share = Vector512.MinNative(share, Vector512.Create(weights[i]) * Vector512.LoadUnsafe(ref at, (nuint)(states[i] * Lanes)));
                share1 = Vector512.MinNative(share1, Vector512.Create(weights[i + 1]) * Vector512.LoadUnsafe(ref at, (nuint)(states[i + 1] * Lanes)));
            }

            if (i < states.Length)
            {
                share = Vector512.MinNative(share, Vector512.Create(weights[i]) * Vector512.LoadUnsafe(ref at, (nuint)(states[i] * Lanes)));
            }

            share = Vector512.MinNative(share, share1);
            ref double atDrop = ref Unsafe.Add(ref drop, (nuint)block * (nuint)(actionWidth * Lanes));
            Vector512<double> value = Vector512.Create(double.MinValue);
            for (int a = 0; a < actionCount; a++)
            {
                value = Vector512.MaxNative(value, Vector512.MultiplyAddEstimate(share, Vector512.LoadUnsafe(ref atDrop, (nuint)(a * Lanes)), Vector512.Create(informed[a])));
            }

            if (!Vector512.LessThanAny(value, Vector512.Create(best)))
            {
                continue;
            }

            for (int lane = 0; lane < Lanes; lane++)
            {
                double v = value.GetElement(lane);
                int index = (block * Lanes) + lane;
                if (v < best && (_signatures[index] & outside) == 0)
                {
                    if (size > 64)
                    {
                        if (!marked)
                        {
                            Mark(states);
                            marked = true;
                        }

                        if (!Contains(_points[index].Node.States))
                        {
                            continue;
                        }
                    }

                    best = v;
                }
            }
        }

        node.Upper = best;
    }

    /// <summary>Drops the points that a newer one of the same belief has replaced, and those that the others imply.</summary>
    public void Prune()
    {
        Point[] kept = [.. _points.Where(p => p.Value <= p.Node.UpperShared && p.Value <= p.Node.Upper + 1e-12)];
        if (kept.Length == _points.Count)
        {
            return;
        }

        _points.Clear();
        foreach (Point point in kept)
        {
            Append(point);
        }
    }

    private void Append(Point point)
    {
        int index = _points.Count, block = index / Lanes, lane = index % Lanes;
        Grow(ref _inverse, (long)(block + 1) * size * Lanes);
        Grow(ref _drop, (long)(block + 1) * actionWidth * Lanes);
        if (_signatures.Length < (block + 1) * Lanes)
        {
            Array.Resize(ref _signatures, Math.Max(64, 2 * _signatures.Length));
        }

        if (lane == 0)
        {
            // An empty lane contains every belief to a share of nothing.
            _inverse.AsSpan(block * size * Lanes, size * Lanes).Clear();
            _signatures.AsSpan(block * Lanes, Lanes).Fill(ulong.MaxValue);
        }

        _points.Add(point);
        BeliefNode node = point.Node;
        int at = (block * size * Lanes) + lane;
        for (int s = 0; s < size; s++)
        {
            _inverse[at + (s * Lanes)] = Never;
        }

        for (int i = 0; i < node.States.Length; i++)
        {
            _inverse[at + (node.States[i] * Lanes)] = 1 / node.Weights[i];
        }

        for (int a = 0; a < actionCount; a++)
        {
            _drop[(block * actionWidth * Lanes) + (a * Lanes) + lane] = point.Value - node.Informed[a];
        }

        _signatures[index] = node.Signature;
    }

    private static void Grow(ref double[] array, long needed)
    {
        if (needed > array.Length)
        {
            Array.Resize(ref array, (int)Math.Min(Array.MaxLength, Math.Max(needed, 2L * array.Length)));
        }
    }

    private void Mark(int[] states)
    {
        _markStamp++;
        foreach (int state in states)
        {
            _mark[state] = _markStamp;
        }
    }

    private bool Contains(int[] states)
    {
        foreach (int state in states)
        {
            if (_mark[state] != _markStamp)
            {
                return false;
            }
        }

        return true;
    }

    private int FirstAfter(int stamp)
    {
        int low = 0, high = _points.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (_points[middle].Stamp > stamp)
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

    private sealed record Point(BeliefNode Node, double Value, int Stamp);
}
