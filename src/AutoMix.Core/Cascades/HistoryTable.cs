using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace AutoMix;

/// <summary>
/// What every history of a cascade is worth before any price: its probability and the best answer to accept. Independent of
/// the objective, so it is computed once for all cost weights.
/// </summary>
/// <remarks>
/// A belief is an array of vectors: one per correctness pattern, one lane per node of the latent trait. The last model's
/// verification outcomes share the sums over patterns, since its confidence depends only on its own correctness and the node.
/// </remarks>
internal sealed class HistoryTable
{
    private readonly CascadeModel _model;
    private readonly HistoryIndex _index;
    private readonly int _models;
    private readonly int _patterns;
    private readonly Vector512<double>[][] _belief;
    private readonly Vector512<double>[] _confidence;
    private readonly double[][] _joined;
    private readonly double[] _fresh;
    private readonly int[] _group;
    private readonly int[] _called;
    private int _calledCount;

    private HistoryTable(CascadeModel model, HistoryIndex index)
    {
        _model = model;
        _index = index;
        _models = model.ModelCount;
        _patterns = 1 << _models;
        Probability = new double[index.Count];
        Accepted = new double[index.Count];
        Best = new sbyte[index.Count];
        _belief = new Vector512<double>[_models][];
        for (int m = 0; m < _models; m++)
        {
            _belief[m] = new Vector512<double>[_patterns];
        }

        _joined = new double[_models * (_models + 1)][];
        for (int i = 0; i < _joined.Length; i++)
        {
            _joined[i] = new double[_patterns];
        }

        _fresh = new double[_patterns];
        _group = new int[_models];
        _called = new int[_models];
        _confidence = new Vector512<double>[_models * 2 * (model.Confidence.Bins + 1)];
        FillConfidence();
    }

    /// <summary>P(history), per number.</summary>
    public double[] Probability { get; }

    /// <summary>P(history, its best answer is correct), per number; minus infinity where there is no answer.</summary>
    public double[] Accepted { get; }

    /// <summary>The model of the best answer, per number; -1 where there is none.</summary>
    public sbyte[] Best { get; }

    public static HistoryTable Fill(CascadeModel model, HistoryIndex index)
    {
        var table = new HistoryTable(model, index);
        MemoryMarshal.Cast<double, Vector512<double>>(model.Prior.Joint).CopyTo(table._belief[0]);
        table.Visit(0, 0, 0);
        return table;
    }

    private void Visit(int model, int groups, int number)
    {
        if (model == _models - 1)
        {
            VisitLast(model, groups, number);
            return;
        }

        Vector512<double>[] before = _belief[model];
        Vector512<double>[] after = _belief[model + 1];
        FillJoined(model, groups);
        for (int group = 0; group <= groups; group++)
        {
            double[] joined = _joined[(model * (_models + 1)) + group];
            for (int outcome = 0; outcome < _index.Outcomes(model); outcome++)
            {
                Vector512<double> bad = Confidence(model, outcome, good: false);
                Vector512<double> good = Confidence(model, outcome, good: true);
                for (int pattern = 0; pattern < _patterns; pattern++)
                {
                    after[pattern] = before[pattern] * joined[pattern] * ((pattern >> model & 1) != 0 ? good : bad);
                }

                _group[model] = group;
                _called[_calledCount++] = model;
                Visit(model + 1, _index.GroupsAfter(groups, group), number + _index.Offset(model, groups, group, outcome));
                _calledCount--;
            }
        }

        before.CopyTo(after, 0);
        _group[model] = -1;
        Visit(model + 1, groups, number);
    }

    private void VisitLast(int model, int groups, int number)
    {
        Vector512<double>[] before = _belief[model];
        Span<Vector512<double>> sums = stackalloc Vector512<double>[2 * (_models + 1)];
        SumPatterns(before, null, model, sums);
        Store(number, sums, Vector512<double>.One, Vector512<double>.One, lastCalled: -1);
        FillJoined(model, groups);
        for (int group = 0; group <= groups; group++)
        {
            SumPatterns(before, _joined[(model * (_models + 1)) + group], model, sums);
            for (int outcome = 0; outcome < _index.Outcomes(model); outcome++)
            {
                Store(
                    number + _index.Offset(model, groups, group, outcome),
                    sums,
                    Confidence(model, outcome, good: false),
                    Confidence(model, outcome, good: true),
                    model);
            }
        }
    }

    // For the whole belief and for each called model's correct half: the sums over patterns, apart by the last model's correctness.
    private void SumPatterns(Vector512<double>[] belief, double[]? joined, int last, Span<Vector512<double>> sums)
    {
        sums.Clear();
        for (int pattern = 0; pattern < _patterns; pattern++)
        {
            Vector512<double> weight = joined is null ? belief[pattern] : belief[pattern] * joined[pattern];
            int half = pattern >> last & 1;
            sums[half] += weight;
            for (int i = 0; i < _calledCount; i++)
            {
                if ((pattern >> _called[i] & 1) != 0)
                {
                    sums[(2 * (i + 1)) + half] += weight;
                }
            }
        }
    }

    private void Store(int number, ReadOnlySpan<Vector512<double>> sums, Vector512<double> bad, Vector512<double> good, int lastCalled)
    {
        Probability[number] = Vector512.Sum((sums[0] * bad) + (sums[1] * good));
        double accepted = double.NegativeInfinity;
        int best = -1;
        for (int i = 0; i < _calledCount; i++)
        {
            double correct = Vector512.Sum((sums[2 * (i + 1)] * bad) + (sums[(2 * (i + 1)) + 1] * good));
            if (correct > accepted)
            {
                accepted = correct;
                best = _called[i];
            }
        }

        if (lastCalled >= 0)
        {
            double correct = Vector512.Sum(sums[1] * good);
            if (correct > accepted)
            {
                accepted = correct;
                best = lastCalled;
            }
        }

        Accepted[number] = accepted;
        Best[number] = (sbyte)best;
    }

    // P(the answer joins each group | who is correct), given the groups of the models decided before; see AgreementModel.
    private void FillJoined(int model, int groups)
    {
        Array.Fill(_fresh, 1);
        for (int group = 0; group < groups; group++)
        {
            double[] joined = _joined[(model * (_models + 1)) + group];
            int size = 0;
            Array.Clear(joined);
            for (int earlier = 0; earlier < model; earlier++)
            {
                if (_group[earlier] != group || !_called.AsSpan(0, _calledCount).Contains(earlier))
                {
                    continue;
                }

                size++;
                for (int pattern = 0; pattern < _patterns; pattern++)
                {
                    joined[pattern] += _model.Agreement.Odds(earlier, model, (pattern >> earlier & 1) != 0, (pattern >> model & 1) != 0);
                }
            }

            for (int pattern = 0; pattern < _patterns; pattern++)
            {
                joined[pattern] *= _model.Agreement.Growth((pattern >> model & 1) != 0, size) / size;
                _fresh[pattern] += joined[pattern];
            }
        }

        for (int pattern = 0; pattern < _patterns; pattern++)
        {
            double fresh = 1 / _fresh[pattern];
            _joined[(model * (_models + 1)) + groups][pattern] = fresh;
            for (int group = 0; group < groups; group++)
            {
                _joined[(model * (_models + 1)) + group][pattern] *= fresh;
            }
        }
    }

    private Vector512<double> Confidence(int model, int outcome, bool good) =>
        _confidence[(((model * 2) + (good ? 1 : 0)) * (_model.Confidence.Bins + 1)) + outcome];

    private void FillConfidence()
    {
        for (int m = 0; m < _models; m++)
        {
            int firstBin = _model.Verification(m) == VerificationKind.Paid ? 1 : 0;
            for (int outcome = 0; outcome < _index.Outcomes(m); outcome++)
            {
                bool observed = _model.Verification(m) == VerificationKind.Free || outcome > 0;
                for (int good = 0; good < 2; good++)
                {
                    _confidence[(((m * 2) + good) * (_model.Confidence.Bins + 1)) + outcome] =
                        observed ? _model.Confidence.OfBin(m, good == 1, outcome - firstBin) : Vector512<double>.One;
                }
            }
        }
    }
}
