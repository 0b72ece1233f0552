namespace AutoMix.Estimation;

/// <summary>Small symmetric positive definite systems.</summary>
internal static class Cholesky
{
    /// <summary>Solves A x = b; only the lower triangle of A is read, and both are overwritten (b by x, A by its factor).</summary>
    public static void Solve(Span<double> a, Span<double> b)
    {
        int n = b.Length;
        Factor(a, n);
        for (int i = 0; i < n; i++)
        {
            for (int k = 0; k < i; k++)
            {
                b[i] -= a[(i * n) + k] * b[k];
            }

            b[i] /= a[(i * n) + i];
        }

        SolveTransposed(a, b);
    }

    /// <summary>Overwrites the lower triangle of A by L with A = L L'.</summary>
    public static void Factor(Span<double> a, int n)
    {
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                double sum = a[(i * n) + j];
                for (int k = 0; k < j; k++)
                {
                    sum -= a[(i * n) + k] * a[(j * n) + k];
                }

                a[(i * n) + j] = i == j ? Math.Sqrt(Math.Max(sum, 1e-12)) : sum / a[(j * n) + j];
            }
        }
    }

    /// <summary>Solves L' x = b in place, where L is a factor.</summary>
    public static void SolveTransposed(ReadOnlySpan<double> factor, Span<double> b)
    {
        int n = b.Length;
        for (int i = n - 1; i >= 0; i--)
        {
            for (int k = i + 1; k < n; k++)
            {
                b[i] -= factor[(k * n) + i] * b[k];
            }

            b[i] /= factor[(i * n) + i];
        }
    }
}
