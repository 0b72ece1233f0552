using MathNet.Numerics;

namespace AutoMix.Statistics;

/// <summary>
/// The marginal distribution of a calibrated confidence in rational tuning: point masses at its least and greatest value, and
/// between them a mixture of two beta distributions, by expectation maximisation with weighted moments.
/// </summary>
internal sealed class BetaMixture
{
    private const int Steps = 200;
    private const double Edge = 1e-3;
    private readonly double _least;
    private readonly double _greatest;
    private readonly double _atLeast;
    private readonly double _atGreatest;
    private readonly (double Weight, double A, double B)[] _parts;

    private BetaMixture(double least, double greatest, double atLeast, double atGreatest, (double Weight, double A, double B)[] parts)
    {
        _least = least;
        _greatest = greatest;
        _atLeast = atLeast;
        _atGreatest = atGreatest;
        _parts = parts;
    }

    public double Least => _least;

    public double Greatest => _greatest;

    public static BetaMixture Fit(ReadOnlySpan<double> values)
    {
        double least = double.PositiveInfinity;
        double greatest = double.NegativeInfinity;
        foreach (double v in values)
        {
            least = Math.Min(least, v);
            greatest = Math.Max(greatest, v);
        }

        var inner = new List<double>();
        double atLeast = 0;
        double atGreatest = 0;
        double span = greatest - least;
        foreach (double v in values)
        {
            if (v - least <= 1e-9 * span)
            {
                atLeast++;
            }
            else if (greatest - v <= 1e-9 * span)
            {
                atGreatest++;
            }
            else
            {
                inner.Add(Math.Clamp((v - least) / span, Edge, 1 - Edge));
            }
        }

        return new BetaMixture(least, greatest, atLeast / values.Length, atGreatest / values.Length, inner.Count >= 4 ? Maximise(inner) : [(1, 1, 1)]);
    }

    /// <summary>P(value &lt;= x).</summary>
    public double Below(double x)
    {
        if (x < _least)
        {
            return 0;
        }

        if (x >= _greatest)
        {
            return 1;
        }

        double at = (x - _least) / (_greatest - _least);
        double below = 0;
        foreach ((double weight, double a, double b) in _parts)
        {
            below += weight * SpecialFunctions.BetaRegularized(a, b, at);
        }

        return _atLeast + ((1 - _atLeast - _atGreatest) * below);
    }

    private static (double Weight, double A, double B)[] Maximise(List<double> values)
    {
        values.Sort();
        (double Weight, double A, double B)[] parts = [(0.5, 2, 4), (0.5, 4, 2)];
        double[] share = new double[values.Count];
        for (int i = 0; i < share.Length; i++)
        {
            share[i] = i < share.Length / 2 ? 0.9 : 0.1;
        }

        double[] logs = [.. values.Select(value => Math.Log(value))];
        double[] complements = [.. values.Select(value => Math.Log(1 - value))];
        double before = double.NegativeInfinity;
        for (int step = 0; step < Steps; step++)
        {
            parts[0] = Moments(values, share, first: true);
            parts[1] = Moments(values, share, first: false);
            double firstLn = SpecialFunctions.BetaLn(parts[0].A, parts[0].B);
            double secondLn = SpecialFunctions.BetaLn(parts[1].A, parts[1].B);
            double likelihood = 0;
            for (int i = 0; i < share.Length; i++)
            {
                double first = parts[0].Weight * Density(logs[i], complements[i], parts[0], firstLn);
                double second = parts[1].Weight * Density(logs[i], complements[i], parts[1], secondLn);
                share[i] = first / Math.Max(first + second, double.Epsilon);
                likelihood += Math.Log(Math.Max(first + second, double.Epsilon));
            }

            if (Math.Abs(likelihood - before) < 1e-6 * Math.Abs(likelihood))
            {
                break;
            }

            before = likelihood;
        }

        return parts;
    }

    private static (double Weight, double A, double B) Moments(List<double> values, double[] share, bool first)
    {
        double n = 0;
        double sum = 0;
        double squares = 0;
        for (int i = 0; i < share.Length; i++)
        {
            double w = first ? share[i] : 1 - share[i];
            n += w;
            sum += w * values[i];
            squares += w * values[i] * values[i];
        }

        double mean = Math.Clamp(sum / Math.Max(n, 1e-9), Edge, 1 - Edge);
        double variance = Math.Clamp((squares / Math.Max(n, 1e-9)) - (mean * mean), 1e-5, mean * (1 - mean) * 0.99);
        double total = (mean * (1 - mean) / variance) - 1;
        return (n / share.Length, Math.Clamp(mean * total, 0.05, 1e4), Math.Clamp((1 - mean) * total, 0.05, 1e4));
    }

    private static double Density(double log, double complement, (double Weight, double A, double B) part, double betaLn) =>
        Math.Exp(((part.A - 1) * log) + ((part.B - 1) * complement) - betaLn);
}
