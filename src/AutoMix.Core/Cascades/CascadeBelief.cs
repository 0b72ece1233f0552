using System.Numerics.Tensors;
using AutoMix.Estimation;

namespace AutoMix;

/// <summary>
/// The belief over a cascade's hidden state after a history, without a table of 2^N states: the nodes of the latent trait times
/// the correctness patterns of the models that have answered.
/// </summary>
/// <remarks>A value on the stack of one decision; allocates nothing.</remarks>
internal ref struct CascadeBelief
{
    /// <summary>Answers beyond this many are not taken into account (2^8 patterns x nodes a decision).</summary>
    public const int MostAnswers = 8;

    private readonly Span<double> _weights;
    private readonly Span<double> _likelihood;
    private readonly Span<double> _mass;
    private readonly CascadeModel _model;
    private readonly int _nodes;
    private readonly Span<int> _called;
    private readonly Span<int> _groupOf;

    /// <param name="model">The model.</param>
    /// <param name="history">What has been observed.</param>
    /// <param name="called">Scratch for the called models; at least <see cref="MostAnswers"/>.</param>
    /// <param name="groupOf">Scratch for their groups; at least <see cref="MostAnswers"/>.</param>
    /// <param name="scratch">Scratch; at least <see cref="ScratchSize"/>.</param>
    public CascadeBelief(CascadeModel model, CascadeHistory history, Span<int> called, Span<int> groupOf, Span<double> scratch)
    {
        _model = model;
        _nodes = model.Prior.NodeCount;
        int count = 0;
        int groups = 0;
        for (int m = 0; m < model.ModelCount && count < MostAnswers; m++)
        {
            if (!history.IsCalled(m))
            {
                continue;
            }

            int group = groups;
            for (int earlier = 0; earlier < count; earlier++)
            {
                if (history.Group(called[earlier]) == history.Group(m))
                {
                    group = groupOf[earlier];
                    break;
                }
            }

            called[count] = m;
            groupOf[count++] = group;
            groups = Math.Max(groups, group + 1);
        }

        _called = called[..count];
        _groupOf = groupOf[..count];
        Groups = groups;
        int size = (1 << count) * _nodes;
        _weights = scratch[..size];
        _likelihood = scratch.Slice(size, size);
        _mass = scratch.Slice(2 * size, size);
        Total = Fill(history);
    }

    /// <summary>Doubles of scratch that a history of so many answers needs.</summary>
    public static int ScratchSize(CascadeModel model, CascadeHistory history) =>
        3 * (1 << Math.Min(MostAnswers, history.AnswerCount)) * model.Prior.NodeCount;

    /// <summary>Models that have answered, ascending.</summary>
    public readonly ReadOnlySpan<int> Called => _called;

    /// <summary>Number of groups of agreeing answers.</summary>
    public int Groups { get; }

    /// <summary>Likelihood of the history; 0 where it is impossible under the model.</summary>
    public double Total { get; }

    /// <summary>Number of correctness patterns of the models that have answered.</summary>
    public readonly int Patterns => 1 << _called.Length;

    /// <summary>Unnormalised weight of a pattern, per node of the trait.</summary>
    public readonly ReadOnlySpan<double> Weights(int pattern) => _weights.Slice(pattern * _nodes, _nodes);

    /// <summary>Writes the unnormalised weights together with <paramref name="other"/> being correct: patterns x nodes.</summary>
    public readonly void FillGood(int other, Span<double> good)
    {
        _model.Prior.FillMass(_called, other, good);
        TensorPrimitives.Multiply(good, _likelihood, good);
    }

    /// <summary>P(the answer of <paramref name="model"/> joins <paramref name="group"/> | pattern, its own correctness).</summary>
    public readonly double Joins(int pattern, int model, bool good, int group) =>
        Joining(_model, _called, _groupOf, pattern, model, good, group, Groups);

    /// <summary>P(each model is correct | history). False where the history is impossible: then the prior is written.</summary>
    public readonly bool Marginals(Span<double> correctness)
    {
        if (!(Total > 0))
        {
            for (int m = 0; m < correctness.Length; m++)
            {
                correctness[m] = _model.Accuracy(m);
            }

            return false;
        }

        for (int m = 0; m < correctness.Length; m++)
        {
            FillGood(m, _mass);
            double sum = TensorPrimitives.Sum<double>(_mass);
            correctness[m] = Math.Clamp(sum / Total, 0, 1);
        }

        return true;
    }

    private readonly double Fill(CascadeHistory history)
    {
        _model.Prior.FillMass(_called, -1, _weights);
        double total = 0;
        for (int pattern = 0; pattern < Patterns; pattern++)
        {
            double agreement = AgreementLikelihood(pattern);
            for (int q = 0; q < _nodes; q++)
            {
                int at = (pattern * _nodes) + q;
                _likelihood[at] = agreement * ConfidenceLikelihood(history, pattern, q);
                _weights[at] *= _likelihood[at];
                total += _weights[at];
            }
        }

        return total;
    }

    private readonly double AgreementLikelihood(int pattern)
    {
        double likelihood = 1;
        int groups = 0;
        for (int i = 0; i < _called.Length; i++)
        {
            likelihood *= Joining(_model, _called[..i], _groupOf[..i], pattern, _called[i], (pattern >> i & 1) != 0, _groupOf[i], groups);
            groups = Math.Max(groups, _groupOf[i] + 1);
        }

        return likelihood;
    }

    private readonly double ConfidenceLikelihood(CascadeHistory history, int pattern, int node)
    {
        double likelihood = 1;
        for (int i = 0; i < _called.Length; i++)
        {
            int m = _called[i];
            double confidence = history.Confidence(m);
            if (!double.IsNaN(confidence) && _model.Verification(m) != VerificationKind.None)
            {
                likelihood *= _model.Confidence.OfCell(m, (pattern >> i & 1) != 0, node, ConfidenceGrid.Cell(confidence));
            }
        }

        return likelihood;
    }

    private static double Joining(CascadeModel model, ReadOnlySpan<int> called, ReadOnlySpan<int> groupOf, int pattern, int newcomer, bool good, int group, int groups)
    {
        double total = 1;
        double wanted = 1;
        for (int g = 0; g < groups; g++)
        {
            double sum = 0;
            int members = 0;
            for (int i = 0; i < called.Length; i++)
            {
                if (groupOf[i] == g)
                {
                    sum += model.Agreement.Odds(called[i], newcomer, (pattern >> i & 1) != 0, good);
                    members++;
                }
            }

            double odds = sum / members * model.Agreement.Growth(good, members);
            total += odds;
            wanted = g == group ? odds : wanted;
        }

        return wanted / total;
    }
}
