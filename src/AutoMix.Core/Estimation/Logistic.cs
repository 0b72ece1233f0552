namespace AutoMix.Estimation;

/// <summary>The logistic function and its inverse.</summary>
internal static class Logistic
{
    public static double Sigmoid(double x) => x >= 0 ? 1 / (1 + Math.Exp(-x)) : Math.Exp(x) / (1 + Math.Exp(x));

    public static double LogOdds(double p) => Math.Log(p) - Math.Log(1 - p);

    /// <summary>
    /// Maximises sum over x of [good ln s(intercept + slope x) + bad ln(1 - s)] minus Gaussian penalties, by Newton steps, with the slope at the floor or above.
    /// </summary>
    public static (double Intercept, double Slope) Fit(
        ReadOnlySpan<double> x,
        ReadOnlySpan<double> good,
        ReadOnlySpan<double> bad,
        (double Mean, double Precision) interceptPrior,
        (double Mean, double Precision) slopePrior,
        double slopeFloor = double.NegativeInfinity,
        int steps = 30)
    {
        double intercept = interceptPrior.Mean;
        double slope = slopePrior.Mean;
        for (int step = 0; step < steps; step++)
        {
            double g0 = -interceptPrior.Precision * (intercept - interceptPrior.Mean);
            double g1 = -slopePrior.Precision * (slope - slopePrior.Mean);
            double h00 = interceptPrior.Precision;
            double h01 = 0;
            double h11 = slopePrior.Precision;
            for (int i = 0; i < x.Length; i++)
            {
                double n = good[i] + bad[i];
                if (n == 0)
                {
                    continue;
                }

                double p = Sigmoid(intercept + (slope * x[i]));
                double residual = good[i] - (n * p);
                double curvature = n * p * (1 - p);
                g0 += residual;
                g1 += residual * x[i];
                h00 += curvature;
                h01 += curvature * x[i];
                h11 += curvature * x[i] * x[i];
            }

            double determinant = (h00 * h11) - (h01 * h01);
            if (determinant <= 1e-12)
            {
                break;
            }

            double d0 = ((h11 * g0) - (h01 * g1)) / determinant;
            double d1 = ((h00 * g1) - (h01 * g0)) / determinant;

            if (slope + d1 <= slopeFloor)
            {
                // Along the floor the intercept moves alone; its step holds only for the slope that it was computed at.
                if (slope > slopeFloor)
                {
                    slope = slopeFloor;
                    continue;
                }

                (d0, d1) = (g0 / h00, 0);
            }

            // Far from the optimum a full Newton step can overshoot; log-odds rarely move by more than 2 a step.
            double scale = Math.Min(1, 2 / Math.Max(Math.Abs(d0), Math.Abs(d1)));
            intercept += scale * d0;
            slope += scale * d1;
            if (Math.Abs(d0) + Math.Abs(d1) < 1e-9)
            {
                break;
            }
        }

        return (intercept, slope);
    }
}
