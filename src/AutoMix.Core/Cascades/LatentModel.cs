using AutoMix.Statistics;
using Normal = MathNet.Numerics.Distributions.Normal;

namespace AutoMix;

/// <summary>
/// One latent trait t ~ N(0, 1) of a query, its easiness, behind everything that is observed about it: whether each model is
/// correct (two-parameter logistic item response: sigmoid(intercept + slope t)) and how confident each verification is
/// (normal score x ~ N(mean[correct] + loading t, deviation^2)).
/// </summary>
/// <remarks>
/// The trait is what makes confidences of different models dependent given correctness: a hard query lowers all of them,
/// and counting each as fresh evidence would be counting the same evidence again. Fitted by marginal maximum likelihood (EM
/// over a quadrature grid; Bock and Aitkin, 1981) with priors that keep 50 rows from inventing structure.
/// </remarks>
internal sealed class LatentModel
{
    private const double GridEnd = 2.7;
    private const double SlopePrior = 1.5;
    private readonly double[] _nodes;
    private readonly double[] _weights;
    private readonly double[] _intercept;
    private readonly double[] _slope;
    private readonly double[] _meanBad;
    private readonly double[] _meanGood;
    private readonly double[] _loading;
    private readonly double[] _deviation;
    private readonly double[] _logDeviation;
    private readonly double[] _score;
    private readonly int _models;

    private LatentModel(int models, int nodes)
    {
        _models = models;
        _nodes = new double[nodes];
        _weights = new double[nodes];
        double sum = 0;
        for (int q = 0; q < nodes; q++)
        {
            _nodes[q] = Node(q, nodes);
            _weights[q] = Math.Exp(-0.5 * _nodes[q] * _nodes[q]);
            sum += _weights[q];
        }

        for (int q = 0; q < nodes; q++)
        {
            _weights[q] /= sum;
        }

        _intercept = new double[models];
        _slope = new double[models];
        _meanBad = new double[models];
        _meanGood = new double[models];
        _loading = new double[models];
        _deviation = new double[models];
        _logDeviation = new double[models];
        _score = new double[models * ConfidenceGrid.Size];
    }

    /// <summary>The trait at a node of the quadrature.</summary>
    public static double Node(int node, int nodes) => -GridEnd + (2 * GridEnd * node / (nodes - 1));

    public ReadOnlySpan<double> Nodes => _nodes;

    public ReadOnlySpan<double> Weights => _weights;

    public double Correctness(int node, int model) => Logistic.Sigmoid(_intercept[model] + (_slope[model] * _nodes[node]));

    /// <summary>Density of the score of a cell given correctness and trait, up to a factor common to both.</summary>
    public double LogDensity(int model, int cell, bool good, int node)
    {
        double z = (_score[(model * ConfidenceGrid.Size) + cell] - (good ? _meanGood[model] : _meanBad[model]) - (_loading[model] * _nodes[node])) / _deviation[model];
        return (-0.5 * z * z) - _logDeviation[model];
    }

    /// <summary>Log-density of the standard normal at the score of a cell: the measure that the cell's mass is relative to.</summary>
    public double LogBase(int model, int cell)
    {
        double x = _score[(model * ConfidenceGrid.Size) + cell];
        return -0.5 * x * x;
    }

    public static LatentModel Fit(ReadOnlySpan<double> qualities, ReadOnlySpan<short> cells, ReadOnlySpan<double> rowWeights, int models, int nodes, double confidenceWeight, int iterations = 40)
    {
        var fitted = new LatentModel(models, nodes);
        fitted._slope.AsSpan().Fill(SlopePrior);
        fitted._deviation.AsSpan().Fill(1);
        fitted._loading.AsSpan().Fill(0.3);
        fitted._meanGood.AsSpan().Fill(0.2);
        fitted._meanBad.AsSpan().Fill(-0.2);
        fitted.FillScores(cells, rowWeights);
        int rows = rowWeights.Length;
        double[] posterior = new double[rows * nodes];
        double[] good = new double[nodes];
        double[] bad = new double[nodes];
        for (int iteration = 0; iteration < iterations; iteration++)
        {
            fitted.FillPosterior(qualities, cells, rows, confidenceWeight, posterior);
            double moved = 0;
            for (int m = 0; m < models; m++)
            {
                Array.Clear(good);
                Array.Clear(bad);
                for (int row = 0; row < rows; row++)
                {
                    double quality = qualities[(row * models) + m];
                    for (int q = 0; q < nodes; q++)
                    {
                        double w = rowWeights[row] * posterior[(row * nodes) + q];
                        good[q] += w * quality;
                        bad[q] += w * (1 - quality);
                    }
                }

                double[] weights = Logistic.Fit(fitted._nodes, good, bad, [0, SlopePrior], [0.05, 4], floor: 0, steps: 6);
                moved += Math.Abs(weights[0] - fitted._intercept[m]) + Math.Abs(weights[1] - fitted._slope[m]);
                fitted._intercept[m] = weights[0];
                fitted._slope[m] = weights[1];
                moved += fitted.FitConfidence(m, qualities, cells, rowWeights, posterior);
            }

            if (moved < 1e-3 * models)
            {
                break;
            }
        }

        return fitted;
    }

    // Normal scores: the standard normal quantile of the middle rank, per cell.
    private void FillScores(ReadOnlySpan<short> cells, ReadOnlySpan<double> rowWeights)
    {
        Span<double> mass = stackalloc double[ConfidenceGrid.Size];
        for (int m = 0; m < _models; m++)
        {
            mass.Fill(1e-3 / ConfidenceGrid.Size);
            double total = 1e-3;
            for (int row = 0; row < rowWeights.Length; row++)
            {
                int cell = cells[(row * _models) + m];
                if (cell < ConfidenceGrid.Size)
                {
                    mass[cell] += rowWeights[row];
                    total += rowWeights[row];
                }
            }

            double below = 0;
            for (int cell = 0; cell < ConfidenceGrid.Size; cell++)
            {
                double rank = (below + (0.5 * mass[cell])) / total;
                _score[(m * ConfidenceGrid.Size) + cell] = Normal.InvCDF(0, 1, Math.Clamp(rank, 0.002, 0.998));
                below += mass[cell];
            }
        }
    }

    private void FillPosterior(ReadOnlySpan<double> qualities, ReadOnlySpan<short> cells, int rows, double confidenceWeight, double[] posterior)
    {
        int nodes = _nodes.Length;
        Span<double> right = stackalloc double[_models * nodes];
        Span<double> wrong = stackalloc double[_models * nodes];
        for (int m = 0; m < _models; m++)
        {
            for (int q = 0; q < nodes; q++)
            {
                double p = Math.Clamp(Correctness(q, m), 1e-9, 1 - 1e-9);
                right[(m * nodes) + q] = Math.Log(p);
                wrong[(m * nodes) + q] = Math.Log(1 - p);
            }
        }

        Span<double> log = stackalloc double[nodes];
        for (int row = 0; row < rows; row++)
        {
            double max = double.NegativeInfinity;
            for (int q = 0; q < nodes; q++)
            {
                double sum = Math.Log(_weights[q]);
                for (int m = 0; m < _models; m++)
                {
                    double quality = qualities[(row * _models) + m];
                    sum += (quality * right[(m * nodes) + q]) + ((1 - quality) * wrong[(m * nodes) + q]);
                    int cell = cells[(row * _models) + m];
                    if (cell < ConfidenceGrid.Size && confidenceWeight > 0)
                    {
                        sum += confidenceWeight * ((quality > 0 ? quality * LogDensity(m, cell, true, q) : 0) + (quality < 1 ? (1 - quality) * LogDensity(m, cell, false, q) : 0));
                    }
                }

                log[q] = sum;
                max = Math.Max(max, sum);
            }

            double total = 0;
            for (int q = 0; q < nodes; q++)
            {
                log[q] = Math.Exp(log[q] - max);
                total += log[q];
            }

            for (int q = 0; q < nodes; q++)
            {
                posterior[(row * nodes) + q] = log[q] / total;
            }
        }
    }

    // Weighted least squares of the score on [wrong, correct, trait], with ridge priors; then the residual deviation.
    private double FitConfidence(int model, ReadOnlySpan<double> qualities, ReadOnlySpan<short> cells, ReadOnlySpan<double> rowWeights, double[] posterior)
    {
        const double Ridge = 2;
        int nodes = _nodes.Length;
        double nb = Ridge, ng = Ridge, tb = 0, tg = 0, tt = Ridge * 2, xb = 0, xg = 0, xt = 0, xx = 0, n = 0;
        for (int row = 0; row < rowWeights.Length; row++)
        {
            int cell = cells[(row * _models) + model];
            if (cell >= ConfidenceGrid.Size)
            {
                continue;
            }

            double x = _score[(model * ConfidenceGrid.Size) + cell];
            double quality = qualities[(row * _models) + model];
            double w = rowWeights[row];
            double t1 = 0;
            double t2 = 0;
            for (int q = 0; q < nodes; q++)
            {
                t1 += posterior[(row * nodes) + q] * _nodes[q];
                t2 += posterior[(row * nodes) + q] * _nodes[q] * _nodes[q];
            }

            nb += w * (1 - quality);
            ng += w * quality;
            tb += w * (1 - quality) * t1;
            tg += w * quality * t1;
            tt += w * t2;
            xb += w * (1 - quality) * x;
            xg += w * quality * x;
            xt += w * x * t1;
            xx += w * x * x;
            n += w;
        }

        // Eliminate the means from the normal equations.
        double loading = (xt - (tb * xb / nb) - (tg * xg / ng)) / (tt - (tb * tb / nb) - (tg * tg / ng));
        loading = Math.Max(0, loading);
        double bad = (xb - (loading * tb)) / nb;
        double good = (xg - (loading * tg)) / ng;
        if (good < bad)
        {
            good = bad = (xb + xg - (loading * (tb + tg))) / (nb + ng);
        }

        double squares = xx - (2 * bad * xb) - (2 * good * xg) - (2 * loading * xt)
            + (bad * bad * (nb - Ridge)) + (good * good * (ng - Ridge)) + (loading * loading * (tt - (2 * Ridge))) + (2 * loading * ((bad * tb) + (good * tg)));
        double deviation = Math.Sqrt((Math.Max(squares, 0) + 5) / (n + 5));
        double moved = Math.Abs(loading - _loading[model]) + Math.Abs(good - _meanGood[model]) + Math.Abs(bad - _meanBad[model]);
        _loading[model] = loading;
        _meanGood[model] = good;
        _meanBad[model] = bad;
        _deviation[model] = Math.Max(0.2, deviation);
        _logDeviation[model] = Math.Log(_deviation[model]);
        return moved;
    }
}
