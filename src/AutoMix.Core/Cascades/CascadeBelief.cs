using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using AutoMix.Beliefs;
using AutoMix.Statistics;

namespace AutoMix;

/// <summary>
/// The belief over a cascade's hidden state, carried along one request: which models are correct, and the node of the latent trait.
/// </summary>
/// <remarks>
/// <para>The numbers are stored pattern by pattern, the eight nodes of the trait fastest, so that a pattern is one vector. The patterns
/// cover all models of a small cascade. In a larger one the patterns cover the models that have answered, and each answer adds a bit.</para>
/// <para>Owned by a <see cref="CascadeHistory"/> and not safe for concurrent use. An update allocates only where a buffer has to grow.</para>
/// </remarks>
internal sealed class CascadeBelief
{
    /// <summary>The number of answers that are taken into account, in the order of the models.</summary>
    public const int MostAnswers = 8;

    private const int Nodes = CascadeModel.Nodes;
    private static readonly Vector512<double>[] LaneBits =
    [
        Vector512.Create(0L, -1, 0, -1, 0, -1, 0, -1).AsDouble(),
        Vector512.Create(0L, 0, -1, -1, 0, 0, -1, -1).AsDouble(),
        Vector512.Create(0L, 0, 0, 0, -1, -1, -1, -1).AsDouble(),
    ];

    private readonly int[] _called = new int[MostAnswers];
    private readonly int[] _bitOf = new int[MostAnswers];
    private readonly int[] _groupOf = new int[MostAnswers];
    private readonly int[] _historyGroup = new int[MostAnswers];
    private readonly double[] _confidence = new double[MostAnswers];
    private CascadeModel? _model;
    private double[] _belief = [];
    private double[] _buffer = [];
    private int _bits;
    private int _answers;

    /// <summary>The models whose answers are taken into account, ascending.</summary>
    public ReadOnlySpan<int> Called => _called.AsSpan(0, _answers);

    /// <summary>The bit of each of those models in the number of a pattern.</summary>
    public ReadOnlySpan<int> Bits => _bitOf.AsSpan(0, _answers);

    /// <summary>The number of groups of agreeing answers.</summary>
    public int Groups { get; private set; }

    /// <summary>Whether the history is possible under the model. The belief after an impossible history is the prior.</summary>
    public bool IsPossible { get; private set; }

    /// <summary>The number of correctness patterns that the belief tells apart.</summary>
    public int Patterns => 1 << _bits;

    /// <summary>The probabilities, pattern by pattern, one lane per node of the trait.</summary>
    public ReadOnlySpan<Vector512<double>> Weights => AsVectors(_belief)[..Patterns];

    /// <summary>Takes in the observations that <paramref name="history"/> has added, or all of them where it does not continue the last one.</summary>
    public void Follow(CascadeModel model, CascadeHistory history)
    {
        if (!ReferenceEquals(model, _model) || !TryContinue(model, history))
        {
            Start(model);
            TryContinue(model, history);
        }
    }

    /// <summary>Writes P(each model is correct).</summary>
    /// <returns>Whether the history is possible; the prior is written otherwise.</returns>
    public bool Marginals(Span<double> correctness)
    {
        Vector512<double> trait = Vector512<double>.Zero;
        foreach (Vector512<double> pattern in Weights)
        {
            trait += pattern;
        }

        for (int m = 0; m < correctness.Length; m++)
        {
            correctness[m] = !IsPossible ? _model!.Accuracy(m)
                : BitOf(m) is >= 0 and var bit ? Math.Clamp(Vector512.Sum(Half(bit)), 0, 1)
                : Math.Clamp(Vector512.Sum(trait * _model!.Prior.Correct(m)), 0, 1);
        }

        return IsPossible;
    }

    /// <summary>The bit of a model in the number of a pattern; -1 where the patterns do not cover the model.</summary>
    public int BitOf(int model) => CoversAll(_model!) ? model : Called.IndexOf(model);

    /// <summary>The belief whose patterns cover <paramref name="model"/> too, as <paramref name="bit"/>. Valid until the next call.</summary>
    public ReadOnlySpan<Vector512<double>> Covering(int model, out int bit)
    {
        bit = BitOf(model);
        if (bit >= 0)
        {
            return Weights;
        }

        bit = _bits;
        Grow(ref _buffer, _bits + 1);
        Widen(Weights, AsVectors(_buffer), model);
        return AsVectors(_buffer)[..(2 * Patterns)];
    }

    /// <summary>
    /// P(the answer of <paramref name="newcomer"/> joins <paramref name="group"/> | pattern) for eight patterns: those numbered from
    /// 8 x <paramref name="block"/>.
    /// </summary>
    /// <param name="newcomer">A model.</param>
    /// <param name="bit">Its bit in the number of a pattern.</param>
    /// <param name="group">One of the <see cref="Groups"/>, or the next number for an answer that agrees with none.</param>
    /// <param name="block">The number of the block of patterns.</param>
    public Vector512<double> Joins(int newcomer, int bit, int group, int block)
    {
        Vector512<double> good = IsCorrect(bit, block);
        Vector512<double> total = Vector512<double>.One;
        Vector512<double> wanted = Vector512<double>.One;
        for (int g = 0; g < Groups; g++)
        {
            Vector512<double> odds = Odds(newcomer, good, g, block);
            total += odds;
            wanted = g == group ? odds : wanted;
        }

        return wanted / total;
    }

    // Later observations of the same history are taken in one by one. False where the history contradicts the observations before.
    private bool TryContinue(CascadeModel model, CascadeHistory history)
    {
        int at = 0;
        for (int m = 0; m < model.ModelCount && at < MostAnswers; m++)
        {
            if (!history.IsCalled(m))
            {
                continue;
            }

            if (at == _answers)
            {
                TakeAnswer(model, m, history.Group(m));
            }
            else if (_called[at] != m || _historyGroup[at] != history.Group(m))
            {
                return false;
            }

            double confidence = history.Confidence(m);
            if (!confidence.Equals(_confidence[at]))
            {
                if (!double.IsNaN(_confidence[at]))
                {
                    return false;
                }

                TakeConfidence(model, at, confidence);
            }

            at++;
        }

        return at == _answers;
    }

    private void Start(CascadeModel model)
    {
        _model = model;
        _answers = 0;
        Groups = 0;
        IsPossible = true;
        _bits = CoversAll(model) ? model.ModelCount : 0;
        Grow(ref _belief, _bits);
        (CoversAll(model) ? model.Prior.Joint : model.Prior.Weights).CopyTo(_belief);
    }

    private void TakeAnswer(CascadeModel model, int newcomer, int historyGroup)
    {
        int bit = newcomer;
        if (!CoversAll(model))
        {
            bit = _bits;
            Grow(ref _belief, _bits + 1);
            Widen(Weights, AsVectors(_belief), newcomer);
            _bits++;
        }

        int same = _historyGroup.AsSpan(0, _answers).IndexOf(historyGroup);
        int group = same >= 0 ? _groupOf[same] : Groups;
        if (_answers > 0)
        {
            TakeAgreement(newcomer, bit, group);
        }

        _called[_answers] = newcomer;
        _bitOf[_answers] = bit;
        _groupOf[_answers] = group;
        _historyGroup[_answers] = historyGroup;
        _confidence[_answers++] = double.NaN;
        Groups = Math.Max(Groups, group + 1);
    }

    private void TakeAgreement(int newcomer, int bit, int group)
    {
        int told = 1 << bit;
        foreach (int answered in Bits)
        {
            told |= 1 << answered;
        }

        Span<Vector512<double>> likelihood = Likelihood();
        for (int pattern = 0; pattern < likelihood.Length; pattern += Vector512<double>.Count)
        {
            // Models that have not answered make no difference, so that most blocks of patterns repeat an earlier one.
            if ((pattern & told) < pattern)
            {
                likelihood.Slice(pattern & told, Vector512<double>.Count).CopyTo(likelihood[pattern..]);
                continue;
            }

            Vector512<double> joins = Joins(newcomer, bit, group, pattern / Vector512<double>.Count);
            for (int lane = 0; lane < Math.Min(likelihood.Length, Vector512<double>.Count); lane++)
            {
                likelihood[pattern + lane] = Vector512.Create(joins[lane]);
            }
        }

        Update();
    }

    private void TakeConfidence(CascadeModel model, int answer, double confidence)
    {
        _confidence[answer] = confidence;
        int m = _called[answer];
        if (model.Verification(m) == VerificationKind.None)
        {
            return;
        }

        int cell = ConfidenceGrid.Cell(confidence);
        Vector512<double> bad = model.Confidence.OfCell(m, good: false, cell);
        Vector512<double> good = model.Confidence.OfCell(m, good: true, cell);
        Span<Vector512<double>> likelihood = Likelihood();
        int bit = _bitOf[answer];
        for (int pattern = 0; pattern < likelihood.Length; pattern++)
        {
            likelihood[pattern] = (pattern >> bit & 1) != 0 ? good : bad;
        }

        Update();
    }

    private Span<Vector512<double>> Likelihood()
    {
        Grow(ref _buffer, _bits);
        return AsVectors(_buffer)[..Patterns];
    }

    private void Update()
    {
        int size = Patterns * Nodes;
        IsPossible = IsPossible && BeliefKernels.TryUpdate(_belief.AsSpan(0, size), _buffer.AsSpan(0, size), _belief.AsSpan(0, size), out double _);
    }

    // One bit more for a model that is independent of the others given the trait. The destination may be the source.
    private void Widen(ReadOnlySpan<Vector512<double>> source, Span<Vector512<double>> destination, int model)
    {
        Vector512<double> correct = _model!.Prior.Correct(model);
        for (int pattern = 0; pattern < source.Length; pattern++)
        {
            Vector512<double> weight = source[pattern];
            destination[source.Length + pattern] = weight * correct;
            destination[pattern] = weight * (Vector512<double>.One - correct);
        }
    }

    // The sum over the patterns in which a model is correct.
    private Vector512<double> Half(int bit)
    {
        Vector512<double> sum = Vector512<double>.Zero;
        ReadOnlySpan<Vector512<double>> weights = Weights;
        for (int pattern = 1 << bit; pattern < weights.Length; pattern = (pattern + 1) | (1 << bit))
        {
            sum += weights[pattern];
        }

        return sum;
    }

    // The mean odds over the members of a group, times the growth by the size of the group.
    private Vector512<double> Odds(int newcomer, Vector512<double> good, int group, int block)
    {
        AgreementModel agreement = _model!.Agreement;
        Vector512<double> sum = Vector512<double>.Zero;
        int members = 0;
        for (int i = 0; i < _answers; i++)
        {
            if (_groupOf[i] == group)
            {
                ReadOnlySpan<double> pair = agreement.Pair(_called[i], newcomer);
                sum += Vector512.ConditionalSelect(
                    IsCorrect(_bitOf[i], block),
                    Vector512.ConditionalSelect(good, Vector512.Create(pair[3]), Vector512.Create(pair[2])),
                    Vector512.ConditionalSelect(good, Vector512.Create(pair[1]), Vector512.Create(pair[0])));
                members++;
            }
        }

        return sum / members * Vector512.ConditionalSelect(good, Vector512.Create(agreement.Growth(true, members)), Vector512.Create(agreement.Growth(false, members)));
    }

    // For eight neighbouring patterns: the lanes in which a bit is set.
    private static Vector512<double> IsCorrect(int bit, int block) =>
        bit < LaneBits.Length ? LaneBits[bit] : (block >> (bit - LaneBits.Length) & 1) != 0 ? Vector512<double>.AllBitsSet : Vector512<double>.Zero;

    private static bool CoversAll(CascadeModel model) => model.ModelCount <= CorrectnessPrior.MostCountedModels;

    private static void Grow(ref double[] buffer, int bits)
    {
        if (buffer.Length < Nodes << bits)
        {
            Array.Resize(ref buffer, Nodes << bits);
        }
    }

    private static Span<Vector512<double>> AsVectors(Span<double> numbers) => MemoryMarshal.Cast<double, Vector512<double>>(numbers);
}
