namespace AutoMix.Estimation;

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

    /// <summary>P(<paramref name="model"/> is correct).</summary>
    public double Accuracy(int model)
    {
        Span<double> mass = stackalloc double[NodeCount];
        FillMass([], model, mass);
        double sum = 0;
        foreach (double m in mass)
        {
            sum += m;
        }

        return sum;
    }

    /// <summary>The prior of queries whose trait is distributed around another mean: N(<paramref name="mean"/>, 1).</summary>
    public CorrectnessPrior Shifted(double mean)
    {
        double[] weights = [.. _weights.Select((weight, q) => weight * Math.Exp(mean * LatentModel.Node(q, NodeCount)))];
        double[] mass = new double[NodeCount];
        new CorrectnessPrior(ModelCount, weights, _correctness, _blend).FillMass([], -1, mass);
        double total = mass.Sum();
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

        double[] wanted = new double[nodes << models.Length];
        double[] expected = new double[nodes << models.Length];
        FillMass(models, -1, wanted);
        response.FillJoint(expected);
        double[] blend = [.. Enumerable.Range(0, 1 << models.Length).Select(pattern => wanted.AsSpan(pattern * nodes, nodes).ToArray().Sum() / expected.AsSpan(pattern * nodes, nodes).ToArray().Sum())];
        return new CorrectnessPrior(models.Length, _weights, correctness, blend);
    }

    /// <summary>Writes P(trait at node, pattern), pattern-major; bit m of a pattern's number says whether model m is correct.</summary>
    public void FillJoint(Span<double> joint)
    {
        Span<int> all = stackalloc int[ModelCount];
        for (int m = 0; m < all.Length; m++)
        {
            all[m] = m;
        }

        FillMass(all, -1, joint);
    }

    /// <summary>
    /// Writes P(trait at node, the models in <paramref name="called"/> are correct as the bits of a pattern say, and
    /// <paramref name="other"/> is correct), pattern-major.
    /// </summary>
    /// <param name="called">Ascending indices of models.</param>
    /// <param name="other">A model to be correct; -1 for none.</param>
    /// <param name="mass">Length 2^called x nodes.</param>
    public void FillMass(ReadOnlySpan<int> called, int other, Span<double> mass)
    {
        if (_blend is null)
        {
            FillFactored(called, other, mass);
            return;
        }

        mass.Clear();
        for (int full = 0; full < _blend.Length; full++)
        {
            if (other >= 0 && (full >> other & 1) == 0)
            {
                continue;
            }

            int pattern = 0;
            for (int i = 0; i < called.Length; i++)
            {
                pattern |= (full >> called[i] & 1) << i;
            }

            for (int q = 0; q < _weights.Length; q++)
            {
                double p = _weights[q] * _blend[full];
                for (int m = 0; m < ModelCount; m++)
                {
                    p *= Factor(q, m, (full >> m & 1) != 0);
                }

                mass[(pattern * _weights.Length) + q] += p;
            }
        }
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
            double[] response = new double[nodes << n];
            new CorrectnessPrior(n, weights, correctness, blend: null).FillJoint(response);
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

    private void FillFactored(ReadOnlySpan<int> called, int other, Span<double> mass)
    {
        int nodes = _weights.Length;
        int otherAt = called.IndexOf(other);
        for (int pattern = 0; pattern < 1 << called.Length; pattern++)
        {
            // Where the other model is one of those called, the pattern has already said whether it is correct.
            bool contradicts = otherAt >= 0 && (pattern >> otherAt & 1) == 0;
            for (int q = 0; q < nodes; q++)
            {
                double p = contradicts ? 0 : _weights[q] * (other < 0 || otherAt >= 0 ? 1 : Factor(q, other, good: true));
                for (int i = 0; i < called.Length; i++)
                {
                    p *= Factor(q, called[i], (pattern >> i & 1) != 0);
                }

                mass[(pattern * nodes) + q] = p;
            }
        }
    }

    private double Factor(int node, int model, bool good)
    {
        double p = _correctness[(node * ModelCount) + model];
        return good ? p : 1 - p;
    }
}
