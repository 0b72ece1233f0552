using System.Numerics.Tensors;

namespace AutoMix.Statistics;

/// <summary>The directions in which embeddings vary most, each scaled to unit variance.</summary>
/// <param name="Mean">Mean embedding.</param>
/// <param name="Directions">Directions divided by the standard deviation along them; one after the other.</param>
internal sealed record PrincipalComponents(float[] Mean, float[] Directions)
{
    private const int Iterations = 25;

    /// <summary>Number of directions.</summary>
    public int Count => Mean.Length == 0 ? 0 : Directions.Length / Mean.Length;

    /// <summary>Orthogonal iteration from a seeded start.</summary>
    public static PrincipalComponents Fit(IReadOnlyList<ReadOnlyMemory<float>> rows, int count, int seed = 1)
    {
        int d = rows[0].Length;
        count = Math.Min(count, Math.Min(d, rows.Count - 1));
        float[] mean = new float[d];
        foreach (ReadOnlyMemory<float> row in rows)
        {
            TensorPrimitives.Add(mean, row.Span, mean);
        }

        TensorPrimitives.Divide(mean, rows.Count, mean);
        float[][] centred = [.. rows.Select(row =>
        {
            float[] c = new float[d];
            TensorPrimitives.Subtract(row.Span, mean, c);
            return c;
        })];

        var random = new Random(seed);
        float[] basis = new float[Math.Max(count, 0) * d];
        for (int i = 0; i < basis.Length; i++)
        {
            basis[i] = (float)(random.NextDouble() - 0.5);
        }

        Orthonormalise(basis, d);
        float[] next = new float[basis.Length];
        for (int step = 0; step < Iterations; step++)
        {
            Array.Clear(next);
            foreach (float[] row in centred)
            {
                for (int k = 0; k < basis.Length; k += d)
                {
                    Span<float> sum = next.AsSpan(k, d);
                    TensorPrimitives.MultiplyAdd(row, TensorPrimitives.Dot(row, basis.AsSpan(k, d)), sum, sum);
                }
            }

            Orthonormalise(next, d);
            (basis, next) = (next, basis);
        }

        for (int k = 0; k < basis.Length; k += d)
        {
            Span<float> direction = basis.AsSpan(k, d);
            double variance = 0;
            foreach (float[] row in centred)
            {
                double along = TensorPrimitives.Dot(row, direction);
                variance += along * along / centred.Length;
            }

            // A direction without variance says nothing: it is left at zero rather than blown up.
            TensorPrimitives.Multiply(direction, variance > 1e-12 ? (float)(1 / Math.Sqrt(variance)) : 0, direction);
        }

        return new PrincipalComponents(mean, basis);
    }

    /// <summary>Writes the coordinates of an embedding; zeros where it is empty or of another length.</summary>
    public void Project(ReadOnlySpan<float> embedding, Span<double> coordinates)
    {
        int d = Mean.Length;
        if (embedding.Length != d || d == 0)
        {
            coordinates[..Count].Clear();
            return;
        }

        for (int k = 0; k < Count; k++)
        {
            ReadOnlySpan<float> direction = Directions.AsSpan(k * d, d);
            coordinates[k] = TensorPrimitives.Dot(embedding, direction) - TensorPrimitives.Dot(Mean, direction);
        }
    }

    private static void Orthonormalise(float[] basis, int d)
    {
        for (int k = 0; k < basis.Length; k += d)
        {
            Span<float> direction = basis.AsSpan(k, d);
            for (int j = 0; j < k; j += d)
            {
                ReadOnlySpan<float> earlier = basis.AsSpan(j, d);
                TensorPrimitives.MultiplyAdd(earlier, -TensorPrimitives.Dot(earlier, direction), direction, direction);
            }

            float norm = TensorPrimitives.Norm<float>(direction);
            TensorPrimitives.Multiply(direction, norm > 1e-12f ? 1 / norm : 0, direction);
        }
    }
}
