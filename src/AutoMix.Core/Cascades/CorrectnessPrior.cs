using System.Numerics.Tensors;
using System.Runtime.Intrinsics;

namespace AutoMix;

/// <summary>
/// The joint prior of the latent trait and of which models answer correctly: the item-response model's and, for few models,
/// blended with the correctness patterns that were counted: P(c) = share x counted(c) + (1 - share) x item response(c), with
/// P(trait | c) from the item-response model.
/// </summary>
internal sealed class CorrectnessPrior
{
    /// <summary>Up to here each of the 2^N patterns is counted often enough to be worth blending in.</summary>
    public const int MostCountedModels = 6;

    private readonly double[] _weights;
    private readonly double[] _correctness;
    private readonly double[]? _blend;
    private double[]? _joint;

    /// <param name="models">Number of models.</param>
    /// <param name="weights">Weight of each node of the trait; sums to 1.</param>
    /// <param name="correctness">P(correct | node), nodes x models.</param>
    /// <param name="blend">P(c) / item response(c) per pattern; null for the item-response model alone.</param>
    public CorrectnessPrior(int models, double[] weights, double[] correctness, double[]? blend)
    {
        ModelCount = models;
        _weights = weights;
        _correctness = correctness;
        _blend = blend;
    }

    public int ModelCount { get; }

    public int NodeCount => _weights.Length;

    public ReadOnlySpan<double> Weights => _weights;

    public ReadOnlySpan<double> CorrectnessTable => _correctness;

    public ReadOnlySpan<double> Blend => _blend;

    /// <summary>P(trait at node, pattern), pattern-major; bit m of a pattern's number says whether model m is correct. For cascades of few models.</summary>
    public ReadOnlySpan<double> Joint => _joint ??= Mass([.. Enumerable.Range(0, ModelCount)]);

    /// <summary>P(<paramref name="model"/> is correct).</summary>
    public double Accuracy(int model)
    {
        Span<double> mass = stackalloc double[2 * NodeCount];
        FillMass([model], mass);
        return TensorPrimitives.Sum<double>(mass[NodeCount..]);
    }

    /// <summary>P(<paramref name="model"/> is correct | node) by the item-response model, one lane per node.</summary>
    public Vector512<double> Correct(int model)
    {
        Vector512<double> lanes = default;
        for (int q = 0; q < NodeCount; q++)
        {
            lanes = lanes.WithElement(q, _correctness[(q * ModelCount) + model]);
        }

        return lanes;
    }

    /// <summary>The prior of queries whose trait is distributed around another mean: N(<paramref name="mean"/>, 1).</summary>
    public CorrectnessPrior Shifted(double mean)
    {
        double[] weights = [.. _weights.Select((weight, q) => weight * Math.Exp(mean * LatentModel.Node(q, NodeCount)))];
        double total = new CorrectnessPrior(ModelCount, weights, _correctness, _blend).Mass([]).Sum();
        return new CorrectnessPrior(ModelCount, [.. weights.Select(weight => weight / total)], _correctness, _blend);
    }

    /// <summary>
    /// The prior of some of the models. P(which of them are correct) stays as it is; where patterns were blended in, P(trait | pattern)
    /// is again the item-response model's.
    /// </summary>
    public CorrectnessPrior Select(int[] models)
    {
        int nodes = NodeCount;
        double[] correctness = [.. Enumerable.Range(0, nodes).SelectMany(q => models.Select(m => _correctness[(q * ModelCount) + m]))];
        var response = new CorrectnessPrior(models.Length, _weights, correctness, blend: null);
        if (_blend is null)
        {
            return response;
        }

        double[] blend = [.. response.Joint.ToArray().Chunk(nodes).Zip(Mass(models).Chunk(nodes), (expected, wanted) => wanted.Sum() / expected.Sum())];
        return new CorrectnessPrior(models.Length, _weights, correctness, blend);
    }

    public static CorrectnessPrior Fit(LatentModel latent, CascadeCounts counts, double priorWeight)
    {
        int n = counts.Models.Count;
        int nodes = latent.Nodes.Length;
        double[] correctness = new double[nodes * n];
        for (int q = 0; q < nodes; q++)
        {
            for (int m = 0; m < n; m++)
            {
                correctness[(q * n) + m] = Math.Clamp(latent.Correctness(q, m), 1e-4, 1 - 1e-4);
            }
        }

        double[] weights = latent.Weights.ToArray();
        double[]? blend = null;
        if (n <= MostCountedModels)
        {
            ReadOnlySpan<double> response = new CorrectnessPrior(n, weights, correctness, blend: null).Joint;
            double share = counts.Weight / (counts.Weight + priorWeight);
            blend = new double[1 << n];
            FillCounted(counts, blend);
            for (int pattern = 0; pattern < blend.Length; pattern++)
            {
                double expected = 0;
                for (int q = 0; q < nodes; q++)
                {
                    expected += response[(pattern * nodes) + q];
                }

                blend[pattern] = (1 - share) + (share * blend[pattern] / counts.Weight / expected);
            }
        }

        return new CorrectnessPrior(n, weights, correctness, blend);
    }

    private static void FillCounted(CascadeCounts counts, Span<double> counted)
    {
        int n = counts.Models.Count;
        (double[] qualities, _, double[] rowWeights) = counts.Rows();
        for (int row = 0; row < rowWeights.Length; row++)
        {
            for (int pattern = 0; pattern < counted.Length; pattern++)
            {
                double share = rowWeights[row];
                for (int m = 0; m < n && share > 0; m++)
                {
                    double quality = qualities[(row * n) + m];
                    share *= (pattern >> m & 1) != 0 ? quality : 1 - quality;
                }

                counted[pattern] += share;
            }
        }
    }

    private double[] Mass(ReadOnlySpan<int> models)
    {
        double[] mass = new double[NodeCount << models.Length];
        FillMass(models, mass);
        return mass;
    }

    // P(trait at node, the models are correct as the bits of a pattern say), pattern-major.
    private void FillMass(ReadOnlySpan<int> models, Span<double> mass)
    {
        int nodes = NodeCount;
        if (_blend is null)
        {
            for (int at = 0; at < mass.Length; at++)
            {
                mass[at] = _weights[at % nodes];
                for (int i = 0; i < models.Length; i++)
                {
                    mass[at] *= Factor(at % nodes, models[i], (at / nodes >> i & 1) != 0);
                }
            }

            return;
        }

        mass.Clear();
        for (int full = 0; full < _blend.Length; full++)
        {
            int pattern = 0;
            for (int i = 0; i < models.Length; i++)
            {
                pattern |= (full >> models[i] & 1) << i;
            }

            for (int q = 0; q < nodes; q++)
            {
                double p = _weights[q] * _blend[full];
                for (int m = 0; m < ModelCount; m++)
                {
                    p *= Factor(q, m, (full >> m & 1) != 0);
                }

                mass[(pattern * nodes) + q] += p;
            }
        }
    }

    private double Factor(int node, int model, bool good)
    {
        double p = _correctness[(node * ModelCount) + model];
        return good ? p : 1 - p;
    }
}
