using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace AutoMix.Beliefs;

/// <summary>Belief arithmetic where the state moves: the belief times a transition matrix, then Bayes' rule.</summary>
/// <remarks>
/// Spans in, span out, destination last, no allocation. The destination must not overlap the belief. A dense matrix is row by row:
/// entry s * S + s' is T(s' | s). Sparse matrices skip states without weight.
/// </remarks>
public static class TransitionKernels
{
    // Up to this many states the matrix stays in the first-level cache and columns can be taken in strips held in registers; beyond it,
    // four rows read from start to end are faster (128 states: 0.93 against 1.53 microseconds, 256: 3.0 against 6.4).
    private const int MaxStripStates = 64;

    /// <summary>destination(s') = sum over s of belief(s) T(s' | s), for a sparse T; states without weight cost nothing.</summary>
    /// <exception cref="ArgumentException">The lengths do not fit the matrix.</exception>
    public static void Predict(ReadOnlySpan<double> belief, SparseMatrix transitions, Span<double> destination)
    {
        ArgumentNullException.ThrowIfNull(transitions);
        BeliefKernels.RequireSameLength(transitions.RowCount, belief.Length, nameof(belief));
        BeliefKernels.RequireSameLength(transitions.ColumnCount, destination.Length, nameof(destination));
        destination.Clear();
        ReadOnlySpan<int> starts = transitions.RowStarts, columns = transitions.Columns;
        ReadOnlySpan<double> values = transitions.Values;
        for (int s = 0; s < belief.Length; s++)
        {
            double weight = belief[s];
            if (weight != 0)
            {
                for (int i = starts[s]; i < starts[s + 1]; i++)
                {
                    destination[columns[i]] += weight * values[i];
                }
            }
        }
    }

    /// <summary>destination(s') = sum over s of belief(s) T(s' | s), for a dense T.</summary>
    /// <exception cref="ArgumentException">The lengths do not fit together.</exception>
    public static void Predict(ReadOnlySpan<double> belief, ReadOnlySpan<double> transitions, Span<double> destination)
    {
        RequireMatrix(belief.Length, transitions.Length);
        BeliefKernels.RequireSameLength(belief.Length, destination.Length, nameof(destination));
        if (Vector512.IsHardwareAccelerated && belief.Length <= MaxStripStates && belief.Length % 8 == 0)
        {
            PredictInStrips(belief, transitions, destination);
        }
        else
        {
            PredictByRows(belief, transitions, destination);
        }
    }

    /// <summary>Bayes' rule after a move: destination(s') is proportional to likelihood(s') times the sum over s of belief(s) T(s' | s).</summary>
    /// <param name="belief">The belief before.</param>
    /// <param name="transitions">Dense T, row by row.</param>
    /// <param name="likelihood">Probability of the observation in each state after the move.</param>
    /// <param name="destination">Receives the belief after; what was predicted when the result is false.</param>
    /// <param name="evidence">Probability of the observation: positive exactly when the result is true.</param>
    /// <returns>False when the observation is impossible.</returns>
    /// <exception cref="ArgumentException">The lengths do not fit together.</exception>
    public static bool TryUpdate(ReadOnlySpan<double> belief, ReadOnlySpan<double> transitions, ReadOnlySpan<double> likelihood, Span<double> destination, out double evidence)
    {
        BeliefKernels.RequireSameLength(belief.Length, likelihood.Length, nameof(likelihood));
        Predict(belief, transitions, destination);
        return FusedUpdate.TryUpdate<double>(destination, likelihood, destination, out evidence);
    }

    /// <inheritdoc cref="TryUpdate(ReadOnlySpan{double}, ReadOnlySpan{double}, ReadOnlySpan{double}, Span{double}, out double)"/>
    public static bool TryUpdate(ReadOnlySpan<double> belief, SparseMatrix transitions, ReadOnlySpan<double> likelihood, Span<double> destination, out double evidence)
    {
        BeliefKernels.RequireSameLength(destination.Length, likelihood.Length, nameof(likelihood));
        Predict(belief, transitions, destination);
        return FusedUpdate.TryUpdate<double>(destination, likelihood, destination, out evidence);
    }

    /// <summary>Bayes' rule after the same move and observation for many beliefs at once, as structure of arrays: number s * count + i is belief i's weight of state s.</summary>
    /// <param name="beliefs">The beliefs before.</param>
    /// <param name="count">Number of beliefs.</param>
    /// <param name="transitions">Dense T, row by row.</param>
    /// <param name="likelihood">Probability of the observation in each state after the move.</param>
    /// <param name="destination">Receives the beliefs after; zeros for a belief under which the observation is impossible.</param>
    /// <param name="evidence">Receives the evidence of each belief: 0 where the observation is impossible.</param>
    /// <returns>For how many beliefs the observation is impossible.</returns>
    /// <exception cref="ArgumentException">The lengths do not fit together.</exception>
    public static int UpdateBatch(ReadOnlySpan<double> beliefs, int count, ReadOnlySpan<double> transitions, ReadOnlySpan<double> likelihood, Span<double> destination, Span<double> evidence)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        int states = likelihood.Length;
        RequireMatrix(states, transitions.Length);
        BeliefKernels.RequireSameLength(states * count, beliefs.Length, nameof(beliefs));
        BeliefKernels.RequireSameLength(beliefs.Length, destination.Length, nameof(destination));
        BeliefKernels.RequireSameLength(count, evidence.Length, nameof(evidence));
        BatchProduct.Multiply(beliefs, count, states, transitions, destination);
        evidence.Clear();
        for (int s = 0; s < states; s++)
        {
            Span<double> row = destination.Slice(s * count, count);
            TensorPrimitives.Multiply(row, likelihood[s], row);
            TensorPrimitives.Add(evidence, row, evidence);
        }

        int impossible = 0;
        Span<double> scale = count <= 512 ? stackalloc double[count] : new double[count];
        for (int i = 0; i < count; i++)
        {
            bool possible = evidence[i] > 0 && double.IsFinite(1 / evidence[i]);
            impossible += possible ? 0 : 1;
            evidence[i] = possible ? evidence[i] : 0;
            scale[i] = possible ? 1 / evidence[i] : 0;
        }

        for (int s = 0; s < states; s++)
        {
            Span<double> row = destination.Slice(s * count, count);
            TensorPrimitives.Multiply(row, scale, row);
        }

        return impossible;
    }

    // Four rows of T are added at once, so that the destination is read and written a quarter as often as T is read. What is read from
    // memory starts at a cache line: a load across two costs more than the same of the destination, which the first-level cache holds.
    private static void PredictByRows(ReadOnlySpan<double> belief, ReadOnlySpan<double> transitions, Span<double> destination)
    {
        destination.Clear();
        nuint n = (nuint)belief.Length;
        ref double t = ref MemoryMarshal.GetReference(transitions);
        ref double d = ref MemoryMarshal.GetReference(destination);
        nuint first = Math.Min(n, ToCacheLine(ref t));
        int s = 0;
        for (; s + 4 <= belief.Length; s += 4)
        {
            ref double row = ref Unsafe.Add(ref t, (nuint)s * n), row1 = ref Unsafe.Add(ref row, n), row2 = ref Unsafe.Add(ref row1, n), row3 = ref Unsafe.Add(ref row2, n);
            double w0 = belief[s], w1 = belief[s + 1], w2 = belief[s + 2], w3 = belief[s + 3];
            AddRows(0, first, ref row, ref d, n, w0, w1, w2, w3);
            nuint i = first;
            if (Vector512.IsHardwareAccelerated)
            {
                Vector512<double> v0 = Vector512.Create(w0), v1 = Vector512.Create(w1), v2 = Vector512.Create(w2), v3 = Vector512.Create(w3);
                for (; n - i >= 8; i += 8)
                {
                    Vector512<double> sum = Vector512.MultiplyAddEstimate(v0, Vector512.LoadUnsafe(ref row, i), Vector512.LoadUnsafe(ref d, i));
                    sum = Vector512.MultiplyAddEstimate(v1, Vector512.LoadUnsafe(ref row1, i), sum);
                    sum = Vector512.MultiplyAddEstimate(v2, Vector512.LoadUnsafe(ref row2, i), sum);
                    Vector512.MultiplyAddEstimate(v3, Vector512.LoadUnsafe(ref row3, i), sum).StoreUnsafe(ref d, i);
                }
            }
            else if (Vector128.IsHardwareAccelerated)
            {
                Vector256<double> v0 = Vector256.Create(w0), v1 = Vector256.Create(w1), v2 = Vector256.Create(w2), v3 = Vector256.Create(w3);
                for (; n - i >= 4; i += 4)
                {
                    Vector256<double> sum = Vector256.MultiplyAddEstimate(v0, Vector256.LoadUnsafe(ref row, i), Vector256.LoadUnsafe(ref d, i));
                    sum = Vector256.MultiplyAddEstimate(v1, Vector256.LoadUnsafe(ref row1, i), sum);
                    sum = Vector256.MultiplyAddEstimate(v2, Vector256.LoadUnsafe(ref row2, i), sum);
                    Vector256.MultiplyAddEstimate(v3, Vector256.LoadUnsafe(ref row3, i), sum).StoreUnsafe(ref d, i);
                }
            }

            AddRows(i, n, ref row, ref d, n, w0, w1, w2, w3);
        }

        for (; s < belief.Length; s++)
        {
            TensorPrimitives.MultiplyAdd(transitions.Slice(s * belief.Length, belief.Length), belief[s], destination, destination);
        }
    }

    private static void AddRows(nuint from, nuint to, ref double row, ref double d, nuint n, double w0, double w1, double w2, double w3)
    {
        for (nuint i = from; i < to; i++)
        {
            Unsafe.Add(ref d, i) += (w0 * Unsafe.Add(ref row, i)) + (w1 * Unsafe.Add(ref row, i + n))
                + (w2 * Unsafe.Add(ref row, i + (2 * n))) + (w3 * Unsafe.Add(ref row, i + (3 * n)));
        }
    }

    // How many numbers there are before the first at a cache line; the collector may move an array meanwhile, which costs time, not correctness.
    private static nuint ToCacheLine(ref double start)
    {
        const nuint Line = 64;
        nuint address = (nuint)(nint)Unsafe.ByteOffset(ref Unsafe.NullRef<double>(), ref start);
        return ((Line - (address % Line)) % Line) / sizeof(double);
    }

    // Strips of 32 columns: their sums stay in eight registers (two chains each) over all rows.
    private static void PredictInStrips(ReadOnlySpan<double> belief, ReadOnlySpan<double> transitions, Span<double> destination)
    {
        nuint n = (nuint)belief.Length, column = 0;
        ref double t = ref MemoryMarshal.GetReference(transitions);
        ref double b = ref MemoryMarshal.GetReference(belief);
        ref double d = ref MemoryMarshal.GetReference(destination);
        for (; n - column >= 32; column += 32)
        {
            Vector512<double> s0 = Vector512<double>.Zero, s1 = s0, s2 = s0, s3 = s0, r0 = s0, r1 = s0, r2 = s0, r3 = s0;
            ref double row = ref Unsafe.Add(ref t, column);
            for (nuint s = 0; s < n; s += 2)
            {
                Vector512<double> w = Vector512.Create(Unsafe.Add(ref b, s)), v = Vector512.Create(Unsafe.Add(ref b, s + 1));
                s0 = Vector512.MultiplyAddEstimate(w, Vector512.LoadUnsafe(ref row), s0);
                s1 = Vector512.MultiplyAddEstimate(w, Vector512.LoadUnsafe(ref row, 8), s1);
                s2 = Vector512.MultiplyAddEstimate(w, Vector512.LoadUnsafe(ref row, 16), s2);
                s3 = Vector512.MultiplyAddEstimate(w, Vector512.LoadUnsafe(ref row, 24), s3);
                r0 = Vector512.MultiplyAddEstimate(v, Vector512.LoadUnsafe(ref row, n), r0);
                r1 = Vector512.MultiplyAddEstimate(v, Vector512.LoadUnsafe(ref row, n + 8), r1);
                r2 = Vector512.MultiplyAddEstimate(v, Vector512.LoadUnsafe(ref row, n + 16), r2);
                r3 = Vector512.MultiplyAddEstimate(v, Vector512.LoadUnsafe(ref row, n + 24), r3);
                row = ref Unsafe.Add(ref row, 2 * n);
            }

            (s0 + r0).StoreUnsafe(ref d, column);
            (s1 + r1).StoreUnsafe(ref d, column + 8);
            (s2 + r2).StoreUnsafe(ref d, column + 16);
            (s3 + r3).StoreUnsafe(ref d, column + 24);
        }

        for (; column < n; column += 8)
        {
            Vector512<double> s0 = Vector512<double>.Zero;
            for (nuint s = 0; s < n; s++)
            {
                s0 = Vector512.MultiplyAddEstimate(Vector512.Create(Unsafe.Add(ref b, s)), Vector512.LoadUnsafe(ref t, (s * n) + column), s0);
            }

            s0.StoreUnsafe(ref d, column);
        }
    }

    private static void RequireMatrix(int states, int length)
    {
        if ((long)states * states != length)
        {
            throw new ArgumentException($"A transition matrix of {states} states has {(long)states * states} numbers, not {length}.");
        }
    }
}
