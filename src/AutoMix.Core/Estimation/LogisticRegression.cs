using MathNet.Numerics.LinearAlgebra;

namespace AutoMix.Estimation;

/// <summary>Logistic regression on several features, penalised towards given weights, by damped Newton steps.</summary>
internal static class LogisticRegression
{
    private const int Steps = 50;
    private const double LongestStep = 2;

    /// <param name="x">Features, row-major, without the constant.</param>
    /// <param name="features">Features per row.</param>
    /// <param name="quality">One quality in [0, 1] per row.</param>
    /// <param name="prior">Intercept, then one weight per feature, that the penalty pulls towards.</param>
    /// <param name="precision">Strength of the penalty.</param>
    /// <returns>Intercept, then one weight per feature.</returns>
    public static double[] Fit(ReadOnlySpan<double> x, int features, ReadOnlySpan<double> quality, double[] prior, double precision)
    {
        int size = features + 1;
        double[] weights = [.. prior];
        double[] row = new double[size];
        row[0] = 1;
        for (int step = 0; step < Steps; step++)
        {
            Vector<double> gradient = Vector<double>.Build.Dense(size, k => precision * (prior[k] - weights[k]));
            Matrix<double> curvature = Matrix<double>.Build.DenseIdentity(size) * precision;
            for (int i = 0; i < quality.Length; i++)
            {
                x.Slice(i * features, features).CopyTo(row.AsSpan(1));
                double p = Logistic.Sigmoid(Dot(weights, row));
                for (int k = 0; k < size; k++)
                {
                    gradient[k] += (quality[i] - p) * row[k];
                    for (int l = 0; l < size; l++)
                    {
                        curvature[k, l] += p * (1 - p) * row[k] * row[l];
                    }
                }
            }

            Vector<double> change = curvature.Cholesky().Solve(gradient);
            double longest = change.AbsoluteMaximum();
            double scale = Math.Min(1, LongestStep / Math.Max(longest, double.Epsilon));
            for (int k = 0; k < size; k++)
            {
                weights[k] += scale * change[k];
            }

            if (longest < 1e-9)
            {
                break;
            }
        }

        return weights;
    }

    private static double Dot(double[] weights, double[] row)
    {
        double sum = 0;
        for (int k = 0; k < row.Length; k++)
        {
            sum += weights[k] * row[k];
        }

        return sum;
    }
}
