using System.Buffers;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace AutoMix.Beliefs;

/// <summary>Many beliefs times one transition matrix: a product of matrices, blocked for the caches.</summary>
/// <remarks>
/// Tiles of 4 next states by 32 beliefs keep their 16 sums in registers. What a tile reads is copied first to where it stands in a row:
/// a block of the beliefs (16 KB, first-level cache) and a block of the matrix (32 KB, second-level cache). Read in place, the columns of
/// a matrix whose rows are a power of two long evict each other. The copies come from the array pool.
/// </remarks>
internal static class BatchProduct
{
    private const int Wide = 32, Narrow = 4, Block = 64;

    /// <summary>destination(s', i) = sum over s of T(s' | s) beliefs(s, i).</summary>
    public static void Multiply(ReadOnlySpan<double> beliefs, int count, int states, ReadOnlySpan<double> transitions, Span<double> destination)
    {
        destination.Clear();
        int tiled = 0;
        if (Vector512.IsHardwareAccelerated && count >= Wide && states >= Narrow)
        {
            tiled = count / Wide * Wide;
            MultiplyTiled(beliefs, count, tiled, states, transitions, destination);
        }

        // What fills no tile: beliefs beyond the last 32, next states beyond the last 4.
        int narrowed = tiled == 0 ? 0 : states / Narrow * Narrow;
        for (int s = 0; s < states; s++)
        {
            ReadOnlySpan<double> row = beliefs.Slice(s * count, count), next = transitions.Slice(s * states, states);
            for (int to = tiled == count ? narrowed : 0; to < states; to++)
            {
                int from = to < narrowed ? tiled : 0;
                Span<double> sums = destination.Slice((to * count) + from, count - from);
                TensorPrimitives.MultiplyAdd(row[from..], next[to], sums, sums);
            }
        }
    }

    private static void MultiplyTiled(ReadOnlySpan<double> beliefs, int count, int tiled, int states, ReadOnlySpan<double> transitions, Span<double> destination)
    {
        int narrowed = states / Narrow * Narrow;
        double[] buffer = ArrayPool<double>.Shared.Rent(Block * (tiled + Block));
        Span<double> weights = buffer.AsSpan(0, Block * tiled), matrix = buffer.AsSpan(Block * tiled, Block * Block);
        for (int from = 0; from < states; from += Block)
        {
            int rows = Math.Min(Block, states - from);
            CopyBeliefs(beliefs, count, tiled, from, rows, weights);
            for (int next = 0; next < narrowed; next += Block)
            {
                int columns = Math.Min(Block, narrowed - next);
                CopyMatrix(transitions, states, from, rows, next, columns, matrix);
                for (int i = 0; i < tiled; i += Wide)
                {
                    for (int c = 0; c < columns; c += Narrow)
                    {
                        AddTile(ref weights[i * rows], ref matrix[c * rows], rows, (nuint)count, ref destination[((next + c) * count) + i]);
                    }
                }
            }
        }

        ArrayPool<double>.Shared.Return(buffer);
    }

    // Panels of 32 beliefs: state by state within a panel.
    private static void CopyBeliefs(ReadOnlySpan<double> beliefs, int count, int tiled, int from, int rows, Span<double> panels)
    {
        for (int i = 0; i < tiled; i += Wide)
        {
            for (int s = 0; s < rows; s++)
            {
                beliefs.Slice(((from + s) * count) + i, Wide).CopyTo(panels[((i * rows) + (s * Wide))..]);
            }
        }
    }

    // Panels of 4 next states: state by state within a panel.
    private static void CopyMatrix(ReadOnlySpan<double> transitions, int states, int from, int rows, int next, int columns, Span<double> panels)
    {
        ref double target = ref MemoryMarshal.GetReference(panels);
        for (int s = 0; s < rows; s++)
        {
            ref double source = ref MemoryMarshal.GetReference(transitions.Slice(((from + s) * states) + next, columns));
            for (int c = 0; c < columns; c += Narrow)
            {
                Vector256.LoadUnsafe(ref source, (nuint)c).StoreUnsafe(ref target, (nuint)((c * rows) + (s * Narrow)));
            }
        }
    }

    private static void AddTile(ref double weights, ref double packed, int rows, nuint count, ref double sums)
    {
        ref double n1 = ref Unsafe.Add(ref sums, count);
        ref double n2 = ref Unsafe.Add(ref n1, count);
        ref double n3 = ref Unsafe.Add(ref n2, count);
        Vector512<double> a0 = Vector512.LoadUnsafe(ref sums), a1 = Vector512.LoadUnsafe(ref sums, 8), a2 = Vector512.LoadUnsafe(ref sums, 16), a3 = Vector512.LoadUnsafe(ref sums, 24);
        Vector512<double> b0 = Vector512.LoadUnsafe(ref n1), b1 = Vector512.LoadUnsafe(ref n1, 8), b2 = Vector512.LoadUnsafe(ref n1, 16), b3 = Vector512.LoadUnsafe(ref n1, 24);
        Vector512<double> c0 = Vector512.LoadUnsafe(ref n2), c1 = Vector512.LoadUnsafe(ref n2, 8), c2 = Vector512.LoadUnsafe(ref n2, 16), c3 = Vector512.LoadUnsafe(ref n2, 24);
        Vector512<double> d0 = Vector512.LoadUnsafe(ref n3), d1 = Vector512.LoadUnsafe(ref n3, 8), d2 = Vector512.LoadUnsafe(ref n3, 16), d3 = Vector512.LoadUnsafe(ref n3, 24);
        for (int s = 0; s < rows; s++)
        {
            Vector512<double> w0 = Vector512.LoadUnsafe(ref weights), w1 = Vector512.LoadUnsafe(ref weights, 8), w2 = Vector512.LoadUnsafe(ref weights, 16), w3 = Vector512.LoadUnsafe(ref weights, 24);
            Vector512<double> v = Vector512.Create(packed);
            a0 = Vector512.MultiplyAddEstimate(w0, v, a0);
            a1 = Vector512.MultiplyAddEstimate(w1, v, a1);
            a2 = Vector512.MultiplyAddEstimate(w2, v, a2);
            a3 = Vector512.MultiplyAddEstimate(w3, v, a3);
            v = Vector512.Create(Unsafe.Add(ref packed, 1));
            b0 = Vector512.MultiplyAddEstimate(w0, v, b0);
            b1 = Vector512.MultiplyAddEstimate(w1, v, b1);
            b2 = Vector512.MultiplyAddEstimate(w2, v, b2);
            b3 = Vector512.MultiplyAddEstimate(w3, v, b3);
            v = Vector512.Create(Unsafe.Add(ref packed, 2));
            c0 = Vector512.MultiplyAddEstimate(w0, v, c0);
            c1 = Vector512.MultiplyAddEstimate(w1, v, c1);
            c2 = Vector512.MultiplyAddEstimate(w2, v, c2);
            c3 = Vector512.MultiplyAddEstimate(w3, v, c3);
            v = Vector512.Create(Unsafe.Add(ref packed, 3));
            d0 = Vector512.MultiplyAddEstimate(w0, v, d0);
            d1 = Vector512.MultiplyAddEstimate(w1, v, d1);
            d2 = Vector512.MultiplyAddEstimate(w2, v, d2);
            d3 = Vector512.MultiplyAddEstimate(w3, v, d3);
            weights = ref Unsafe.Add(ref weights, Wide);
            packed = ref Unsafe.Add(ref packed, Narrow);
        }

        a0.StoreUnsafe(ref sums);
        a1.StoreUnsafe(ref sums, 8);
        a2.StoreUnsafe(ref sums, 16);
        a3.StoreUnsafe(ref sums, 24);
        b0.StoreUnsafe(ref n1);
        b1.StoreUnsafe(ref n1, 8);
        b2.StoreUnsafe(ref n1, 16);
        b3.StoreUnsafe(ref n1, 24);
        c0.StoreUnsafe(ref n2);
        c1.StoreUnsafe(ref n2, 8);
        c2.StoreUnsafe(ref n2, 16);
        c3.StoreUnsafe(ref n2, 24);
        d0.StoreUnsafe(ref n3);
        d1.StoreUnsafe(ref n3, 8);
        d2.StoreUnsafe(ref n3, 16);
        d3.StoreUnsafe(ref n3, 24);
    }
}
