namespace AutoMix.Estimation;

/// <summary>Logistic regression with a ridge on all but the intercept, by Newton steps.</summary>
internal static class RidgeLogistic
{
    private const int Steps = 25;

    /// <summary>The weights, intercept first.</summary>
    /// <param name="x">Features, row after row.</param>
    /// <param name="y">Targets in [0, 1].</param>
    /// <param name="ridge">Penalty on squared weights.</param>
    /// <param name="weights">Weight of each row; ones where empty.</param>
    public static double[] Fit(ReadOnlySpan<double> x, ReadOnlySpan<double> y, double ridge, ReadOnlySpan<double> weights = default)
    {
        int rows = y.Length;
        int d = (x.Length / rows) + 1;
        double[] w = new double[d];
        double mean = 0;
        foreach (double target in y)
        {
            mean += target / rows;
        }

        w[0] = Logistic.LogOdds(Math.Clamp(mean, 0.5 / rows, 1 - (0.5 / rows)));
        double[] hessian = new double[d * d];
        double[] step = new double[d];
        for (int iteration = 0; iteration < Steps; iteration++)
        {
            Array.Clear(hessian);
            for (int i = 1; i < d; i++)
            {
                hessian[(i * d) + i] = ridge;
                step[i] = -ridge * w[i];
            }

            hessian[0] = 1e-9;
            step[0] = 0;
            for (int r = 0; r < rows; r++)
            {
                ReadOnlySpan<double> row = x.Slice(r * (d - 1), d - 1);
                double weight = weights.IsEmpty ? 1 : weights[r];
                double p = Logistic.Sigmoid(Dot(w, row));
                double residual = weight * (y[r] - p);
                double curvature = weight * p * (1 - p);
                step[0] += residual;
                hessian[0] += curvature;
                for (int i = 1; i < d; i++)
                {
                    step[i] += residual * row[i - 1];
                    double scaled = curvature * row[i - 1];
                    hessian[i * d] += scaled;
                    for (int j = 1; j <= i; j++)
                    {
                        hessian[(i * d) + j] += scaled * row[j - 1];
                    }
                }
            }

            Cholesky.Solve(hessian, step);
            double largest = 0;
            foreach (double s in step)
            {
                largest = Math.Max(largest, Math.Abs(s));
            }

            // Far from the optimum a full step can overshoot.
            double scale = Math.Min(1, 2 / Math.Max(largest, 1e-12));
            for (int i = 0; i < d; i++)
            {
                w[i] += scale * step[i];
            }

            if (largest < 1e-8)
            {
                break;
            }
        }

        return w;
    }

    /// <summary>Intercept plus weights times features.</summary>
    public static double Dot(ReadOnlySpan<double> weights, ReadOnlySpan<double> features)
    {
        double sum = weights[0];
        for (int i = 0; i < features.Length; i++)
        {
            sum += weights[i + 1] * features[i];
        }

        return sum;
    }
}
