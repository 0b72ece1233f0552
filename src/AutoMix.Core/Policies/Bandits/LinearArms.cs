using System.Numerics.Tensors;

namespace AutoMix.Policies;

/// <summary>One Bayesian linear regression of quality on the context per model, and each model's mean cost. An immutable snapshot.</summary>
internal sealed record LinearArms
{
    private const double Ridge = 1;

    public required int Dimension { get; init; }

    /// <summary>(ridge I + sum z z')^-1, arm after arm.</summary>
    public required double[] Inverse { get; init; }

    /// <summary>sum quality z, arm after arm.</summary>
    public required double[] Weighted { get; init; }

    /// <summary>Dollars, tokens, seconds and number of answers, arm after arm.</summary>
    public required double[] Costs { get; init; }

    public static LinearArms Empty(int arms, int dimension)
    {
        double[] inverse = new double[arms * dimension * dimension];
        for (int i = 0; i < arms * dimension; i++)
        {
            inverse[((i / dimension) * dimension * dimension) + ((i % dimension) * (dimension + 1))] = 1 / Ridge;
        }

        return new LinearArms { Dimension = dimension, Inverse = inverse, Weighted = new double[arms * dimension], Costs = new double[arms * 4] };
    }

    public void Check(int arms)
    {
        if (Dimension < 1 || Inverse.Length != arms * Dimension * Dimension || Weighted.Length != arms * Dimension || Costs.Length != arms * 4)
        {
            throw new ArgumentException("'arms' does not fit the rest of the policy.");
        }
    }

    /// <summary>Creates the snapshot after one answer: a rank-one update of the inverse (Sherman and Morrison).</summary>
    public LinearArms With(AnswerOutcome answer, ReadOnlySpan<double> z)
    {
        double[] costs = [.. Costs];
        int c = answer.Model * 4;
        costs[c] += answer.Cost.Dollars;
        costs[c + 1] += answer.Cost.Tokens;
        costs[c + 2] += answer.Cost.Seconds;
        costs[c + 3]++;
        if (answer.Quality is not { } quality)
        {
            return this with { Costs = costs };
        }

        int d = Dimension;
        double[] inverse = [.. Inverse];
        double[] weighted = [.. Weighted];
        Span<double> a = inverse.AsSpan(answer.Model * d * d, d * d);
        Span<double> az = stackalloc double[d];
        double zaz = Multiply(a, z, az);
        for (int i = 0; i < d; i++)
        {
            weighted[(answer.Model * d) + i] += quality * z[i];
            for (int j = 0; j < d; j++)
            {
                a[(i * d) + j] -= az[i] * az[j] / (1 + zaz);
            }
        }

        return this with { Inverse = inverse, Weighted = weighted, Costs = costs };
    }

    /// <summary>Estimates the quality of an arm, with the standard deviation of the estimate up to the noise.</summary>
    public (double Mean, double Deviation) Estimate(int arm, ReadOnlySpan<double> z)
    {
        int d = Dimension;
        Span<double> az = stackalloc double[d];
        double variance = Multiply(Inverse.AsSpan(arm * d * d, d * d), z, az);
        return (TensorPrimitives.Dot<double>(az, Weighted.AsSpan(arm * d, d)), Math.Sqrt(Math.Max(variance, 0)));
    }

    /// <summary>Computes the mean cost of an arm; zero if it has never answered.</summary>
    public CascadeCost Cost(int arm)
    {
        ReadOnlySpan<double> c = Costs.AsSpan(arm * 4, 4);
        return c[3] > 0 ? new CascadeCost(c[0] / c[3], c[1] / c[3], c[2] / c[3]) : default;
    }

    private static double Multiply(ReadOnlySpan<double> a, ReadOnlySpan<double> z, Span<double> az)
    {
        for (int i = 0; i < z.Length; i++)
        {
            az[i] = TensorPrimitives.Dot(a.Slice(i * z.Length, z.Length), z);
        }

        return TensorPrimitives.Dot(z, az);
    }
}
