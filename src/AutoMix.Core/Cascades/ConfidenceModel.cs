using System.Runtime.Intrinsics;
using AutoMix.Statistics;
using MathNet.Numerics.Statistics;

namespace AutoMix;

/// <summary>
/// P(confidence in a cell | correct) and P(... | wrong) per model on the <see cref="ConfidenceGrid"/>, and the coarse bins
/// that the exact solver tells apart.
/// </summary>
internal sealed class ConfidenceModel
{
    private const int Cells = ConfidenceGrid.Size;

    // A calibration on a handful of rows must not become steeper than what such signals ever are.
    private const double SlopeMean = 0.3;
    private const double SlopePrecision = 4;
    private const double KernelMass = 0.02;
    private readonly int _models;
    private readonly double[] _density;
    private readonly byte[] _bin;
    private readonly double[] _binned;

    /// <param name="models">Number of models.</param>
    /// <param name="nodes">Number of nodes of the latent trait.</param>
    /// <param name="bins">Number of coarse bins.</param>
    /// <param name="density">P(cell | correctness, node): models x {wrong, correct} x nodes x cells.</param>
    /// <param name="bin">Bin of each cell: models x cells.</param>
    public ConfidenceModel(int models, int nodes, int bins, double[] density, byte[] bin)
    {
        _models = models;
        NodeCount = nodes;
        Bins = bins;
        _density = density;
        _bin = bin;
        _binned = new double[models * 2 * nodes * bins];
        for (int row = 0; row < models * 2 * nodes; row++)
        {
            int model = row / (2 * nodes);
            for (int cell = 0; cell < Cells; cell++)
            {
                _binned[(row * bins) + bin[(model * Cells) + cell]] += density[(row * Cells) + cell];
            }
        }
    }

    /// <summary>Number of nodes of the latent trait.</summary>
    public int NodeCount { get; }

    /// <summary>Number of coarse bins, the same for every model.</summary>
    public int Bins { get; }

    public ReadOnlySpan<double> Density => _density;

    public ReadOnlySpan<byte> BinOfCell => _bin;

    /// <summary>P(cell | correctness, trait at node).</summary>
    public double OfCell(int model, bool good, int node, int cell) => _density[(Row(model, good, node) * Cells) + cell];

    /// <summary>P(cell | correctness), one lane per node of the trait.</summary>
    public Vector512<double> OfCell(int model, bool good, int cell) => Lanes(_density, Row(model, good, 0), Cells, cell);

    /// <summary>P(bin | correctness, trait at node).</summary>
    public double OfBin(int model, bool good, int node, int bin) => _binned[(Row(model, good, node) * Bins) + bin];

    /// <summary>P(bin | correctness), one lane per node of the trait.</summary>
    public Vector512<double> OfBin(int model, bool good, int bin) => Lanes(_binned, Row(model, good, 0), Bins, bin);

    /// <summary>The least confidence of each bin but the first.</summary>
    public IReadOnlyList<double> Edges(int model)
    {
        var edges = new List<double>(Bins);
        for (int cell = 1; cell < Cells; cell++)
        {
            if (_bin[(model * Cells) + cell] != _bin[(model * Cells) + cell - 1])
            {
                edges.Add(Logistic.Sigmoid((ConfidenceGrid.Centre(cell) + ConfidenceGrid.Centre(cell - 1)) / 2));
            }
        }

        return edges;
    }

    public int Bin(int model, double confidence) => _bin[(model * Cells) + ConfidenceGrid.Cell(confidence)];

    /// <summary>The same for some of the models.</summary>
    public ConfidenceModel Select(int[] models)
    {
        int rows = 2 * NodeCount * Cells;
        return new(
            models.Length,
            NodeCount,
            Bins,
            [.. models.SelectMany(m => _density.AsSpan(m * rows, rows).ToArray())],
            [.. models.SelectMany(m => _bin.AsSpan(m * Cells, Cells).ToArray())]);
    }

    public static ConfidenceModel Fit(CascadeCounts counts, LatentModel latent, CorrectnessPrior prior, CascadeFitOptions options)
    {
        int n = counts.Models.Count;
        int nodes = latent.Nodes.Length;
        double[] density = new double[n * 2 * nodes * Cells];
        byte[] bin = new byte[n * Cells];
        double[] mass = new double[Cells];
        for (int m = 0; m < n; m++)
        {
            ReadOnlySpan<double> seenGood = counts.Confidences(m, good: true);
            ReadOnlySpan<double> seenBad = counts.Confidences(m, good: false);
            FillMass(seenGood, seenBad, mass);
            CutIntoBins(mass, options.Bins, bin.AsSpan(m * Cells, Cells));
            Span<double> all = density.AsSpan(m * 2 * nodes * Cells, 2 * nodes * Cells);
            if (options.Likelihood == ConfidenceLikelihoodKind.Latent)
            {
                Conditional(latent, m, mass, options.Temper, all);
                continue;
            }

            Span<double> bad = all[..Cells];
            Span<double> good = all.Slice(nodes * Cells, Cells);
            if (options.Likelihood == ConfidenceLikelihoodKind.Kde)
            {
                Densities(seenGood, good);
                Densities(seenBad, bad);
            }
            else
            {
                Calibrated(seenGood, seenBad, prior.Accuracy(m), options.Temper, mass, good, bad);
            }

            for (int node = 1; node < nodes; node++)
            {
                bad.CopyTo(all.Slice(node * Cells, Cells));
                good.CopyTo(all.Slice((nodes + node) * Cells, Cells));
            }
        }

        return new ConfidenceModel(n, nodes, options.Bins, density, bin);
    }

    private static void Conditional(LatentModel latent, int model, ReadOnlySpan<double> mass, double temper, Span<double> density)
    {
        int nodes = latent.Nodes.Length;
        for (int row = 0; row < 2 * nodes; row++)
        {
            Span<double> cells = density.Slice(row * Cells, Cells);
            double sum = 0;
            for (int cell = 0; cell < Cells; cell++)
            {
                double log = latent.LogDensity(model, cell, row >= nodes, row % nodes) - latent.LogBase(model, cell);
                cells[cell] = mass[cell] * Math.Exp(temper * Math.Clamp(log, -20, 20));
                sum += cells[cell];
            }

            for (int cell = 0; cell < Cells; cell++)
            {
                cells[cell] /= sum;
            }
        }
    }

    private static void FillMass(ReadOnlySpan<double> good, ReadOnlySpan<double> bad, Span<double> mass)
    {
        // A whisper of uniform mass, so that no confidence that may turn up later is impossible.
        const double Uniform = 1e-3;
        double total = 0;
        for (int cell = 0; cell < Cells; cell++)
        {
            total += good[cell] + bad[cell];
        }

        for (int cell = 0; cell < Cells; cell++)
        {
            mass[cell] = (Uniform / Cells) + (total > 0 ? (1 - Uniform) * (good[cell] + bad[cell]) / total : (1 - Uniform) / Cells);
        }
    }

    private static void Calibrated(
        ReadOnlySpan<double> seenGood, ReadOnlySpan<double> seenBad, double accuracy, double temper, ReadOnlySpan<double> mass, Span<double> good, Span<double> bad)
    {
        Span<double> x = stackalloc double[Cells];
        for (int cell = 0; cell < Cells; cell++)
        {
            x[cell] = ConfidenceGrid.Centre(cell);
        }

        double baseOdds = Logistic.LogOdds(Math.Clamp(accuracy, 1e-6, 1 - 1e-6));
        double[] weights = Logistic.Fit(x, seenGood, seenBad, [baseOdds, SlopeMean], [0.05, SlopePrecision], floor: 0);
        double sumGood = 0;
        double sumBad = 0;
        for (int cell = 0; cell < Cells; cell++)
        {
            double logOdds = weights[0] + (weights[1] * x[cell]);
            double tempered = Logistic.Sigmoid(baseOdds + (temper * (logOdds - baseOdds)));
            good[cell] = mass[cell] * tempered;
            bad[cell] = mass[cell] * (1 - tempered);
            sumGood += good[cell];
            sumBad += bad[cell];
        }

        for (int cell = 0; cell < Cells; cell++)
        {
            good[cell] /= sumGood;
            bad[cell] /= sumBad;
        }
    }

    private static void Densities(ReadOnlySpan<double> seen, Span<double> density)
    {
        var samples = new List<double>();
        for (int cell = 0; cell < Cells; cell++)
        {
            for (int i = 0; i < (int)Math.Round(seen[cell]); i++)
            {
                samples.Add(ConfidenceGrid.Centre(cell));
            }
        }

        double sum = 0;
        double bandwidth = samples.Count < 2 ? 1 : Math.Max(0.25, 1.06 * samples.StandardDeviation() * Math.Pow(samples.Count, -0.2));
        for (int cell = 0; cell < Cells; cell++)
        {
            double kernel = samples.Count == 0 ? 0 : KernelDensity.EstimateGaussian(ConfidenceGrid.Centre(cell), bandwidth, samples);
            density[cell] = kernel;
            sum += kernel;
        }

        for (int cell = 0; cell < Cells; cell++)
        {
            density[cell] = (KernelMass / Cells) + (sum > 0 ? (1 - KernelMass) * density[cell] / sum : (1 - KernelMass) / Cells);
        }
    }

    // Equal shares of the mass; a cell holds at most one edge, so ties (a verifier that always says 1.0) give fewer bins in use.
    private static void CutIntoBins(ReadOnlySpan<double> mass, int bins, Span<byte> bin)
    {
        double below = 0;
        for (int cell = 0; cell < Cells; cell++)
        {
            double middle = below + (0.5 * mass[cell]);
            bin[cell] = (byte)Math.Min(bins - 1, (int)(middle * bins));
            below += mass[cell];
        }
    }

    private static Vector512<double> Lanes(double[] rows, int first, int width, int column)
    {
        ReadOnlySpan<double> from = rows.AsSpan((first * width) + column, (7 * width) + 1);
        return Vector512.Create(from[0], from[width], from[2 * width], from[3 * width], from[4 * width], from[5 * width], from[6 * width], from[7 * width]);
    }

    private int Row(int model, bool good, int node) => (((model * 2) + (good ? 1 : 0)) * NodeCount) + node;
}
