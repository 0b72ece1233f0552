using System.Numerics.Tensors;
using MathNet.Numerics.LinearAlgebra;

namespace AutoMix.Statistics;

/// <summary>The logistic function, its inverse, and logistic regression.</summary>
internal static class Logistic
{
    // Far from the optimum a full Newton step can overshoot; log-odds rarely move by more than 2 a step.
    private const double LongestStep = 2;
    private const double Converged = 1e-9;

    // An intercept without a penalty could run away if all outcomes are alike.
    private const double FreeIntercept = 1e-9;

    public static double Sigmoid(double x) => x >= 0 ? 1 / (1 + Math.Exp(-x)) : Math.Exp(x) / (1 + Math.Exp(x));

    public static double LogOdds(double p) => Math.Log(p) - Math.Log(1 - p);

    /// <summary>Adds the intercept, which stands first in the weights, to weights times features.</summary>
    public static double Dot(ReadOnlySpan<double> weights, ReadOnlySpan<double> features) => weights[0] + TensorPrimitives.Dot(weights[1..], features);

    /// <summary>Fits weights with a ridge on all but the intercept.</summary>
    /// <param name="x">Features, row after row.</param>
    /// <param name="y">One target in [0, 1] per row.</param>
    /// <param name="ridge">The penalty on squared weights.</param>
    /// <returns>The intercept, then one weight per feature.</returns>
    public static double[] Ridge(ReadOnlySpan<double> x, ReadOnlySpan<double> y, double ridge)
    {
        double[] mean = new double[1 + (x.Length / y.Length)];
        double[] precision = new double[mean.Length];
        Array.Fill(precision, ridge);
        mean[0] = LogOdds(Math.Clamp(TensorPrimitives.Sum(y) / y.Length, 0.5 / y.Length, 1 - (0.5 / y.Length)));
        precision[0] = FreeIntercept;
        return Fit(x, y, [], mean, precision);
    }

    /// <summary>
    /// Maximises the sum over rows of good ln s(w'x) + bad ln(1 - s(w'x)) minus a Gaussian penalty on each weight, by damped
    /// Newton steps that start at the penalties' means.
    /// </summary>
    /// <param name="x">Features, row after row, without the constant.</param>
    /// <param name="good">The weight of good outcomes per row.</param>
    /// <param name="bad">The weight of bad outcomes per row; 1 - good if empty.</param>
    /// <param name="mean">The mean of each weight's penalty: the intercept's, then one per feature; as many as features if there is no intercept.</param>
    /// <param name="precision">The strength of each weight's penalty; positive.</param>
    /// <param name="floor">The least value of the weights, the intercept's excepted.</param>
    /// <param name="steps">The maximum number of steps.</param>
    /// <returns>The weights, in the order of <paramref name="mean"/>; without a row, the means themselves.</returns>
    public static double[] Fit(
        ReadOnlySpan<double> x,
        ReadOnlySpan<double> good,
        ReadOnlySpan<double> bad,
        ReadOnlySpan<double> mean,
        ReadOnlySpan<double> precision,
        double floor = double.NegativeInfinity,
        int steps = 50)
    {
        int size = mean.Length;
        double[] weights = mean.ToArray();
        if (good.IsEmpty)
        {
            return weights;
        }

        int features = x.Length / good.Length;
        int first = size - features;
        double[] row = new double[size];
        row[0] = 1;
        double[] gradient = new double[size];
        double[] curvature = new double[size * size];
        for (int step = 0; step < steps; step++)
        {
            Array.Clear(curvature);
            for (int k = 0; k < size; k++)
            {
                gradient[k] = precision[k] * (mean[k] - weights[k]);
                curvature[k * (size + 1)] = precision[k];
            }

            for (int i = 0; i < good.Length; i++)
            {
                double n = bad.IsEmpty ? 1 : good[i] + bad[i];
                if (n == 0)
                {
                    continue;
                }

                x.Slice(i * features, features).CopyTo(row.AsSpan(first));
                double p = Sigmoid(TensorPrimitives.Dot<double>(weights, row));
                TensorPrimitives.MultiplyAdd(row, good[i] - (n * p), gradient, gradient);
                for (int k = 0; k < size; k++)
                {
                    // One triangle is enough; a column of it is contiguous.
                    if (row[k] != 0)
                    {
                        Span<double> column = curvature.AsSpan(k * (size + 1), size - k);
                        TensorPrimitives.MultiplyAdd(row.AsSpan(k), n * p * (1 - p) * row[k], column, column);
                    }
                }
            }

            if (Change(weights, gradient, curvature, first, floor) is not { } change)
            {
                continue;
            }

            double longest = change.AbsoluteMaximum();
            double scale = Math.Min(1, LongestStep / Math.Max(longest, double.Epsilon));
            for (int k = 0; k < size; k++)
            {
                weights[k] += scale * change[k];
            }

            if (longest < Converged)
            {
                break;
            }
        }

        return weights;
    }

    // The Newton step. A weight that it would take below the floor is put there, and null returned: the step holds only for the weights
    // that it was computed at. A weight already there is held, and the others move alone.
    private static Vector<double>? Change(double[] weights, double[] gradient, double[] curvature, int first, double floor)
    {
        int size = weights.Length;
        while (true)
        {
            Vector<double> change = Matrix<double>.Build.Dense(size, size, curvature).Cholesky().Solve(Vector<double>.Build.Dense(gradient));
            bool moved = false;
            bool held = false;
            for (int k = first; k < size; k++)
            {
                if (weights[k] + change[k] > floor || (weights[k] == floor && change[k] == 0))
                {
                    continue;
                }

                moved |= weights[k] > floor;
                held = true;
                weights[k] = floor;
                gradient[k] = 0;
                curvature.AsSpan(k * size, size).Clear();
                for (int l = 0; l < k; l++)
                {
                    curvature[(l * size) + k] = 0;
                }

                curvature[k * (size + 1)] = 1;
            }

            if (!held || moved)
            {
                return moved ? null : change;
            }
        }
    }
}
