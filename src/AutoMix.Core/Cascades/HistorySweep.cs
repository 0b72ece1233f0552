using System.Runtime.Intrinsics;

namespace AutoMix;

/// <summary>One downward sweep over all histories: the optimal action and value for up to eight objectives, one per lane.</summary>
internal sealed class HistorySweep
{
    private readonly CascadeModel _model;
    private readonly HistoryIndex _index;
    private readonly HistoryTable _table;
    private readonly int _models;
    private readonly int _bins;
    private readonly Vector512<double>[] _values;
    private readonly Vector512<double>[] _answerPrice;
    private readonly Vector512<double>[] _verifyPrice;
    private readonly int[] _verifyStep;
    private readonly bool _mayAbstain;
    private readonly Vector512<double> _abstain;

    public HistorySweep(CascadeModel model, HistoryIndex index, HistoryTable table, ReadOnlySpan<CascadeObjective> objectives)
    {
        _model = model;
        _index = index;
        _table = table;
        _models = model.ModelCount;
        _bins = model.Confidence.Bins;
        _values = new Vector512<double>[index.Count];
        Actions = new byte[objectives.Length][];
        for (int lane = 0; lane < objectives.Length; lane++)
        {
            Actions[lane] = new byte[index.Count];
        }

        _answerPrice = new Vector512<double>[_models];
        _verifyPrice = new Vector512<double>[_models];
        _verifyStep = new int[_models];
        for (int m = 0; m < _models; m++)
        {
            _answerPrice[m] = Lanes(objectives, objective => objective.Price(model.AnswerCost(m)));
            _verifyPrice[m] = Lanes(objectives, objective => objective.Price(model.VerifyCost(m)));
        }

        _abstain = Lanes(objectives, objective => objective.AbstainReward ?? double.NegativeInfinity);
        _mayAbstain = objectives.ToArray().Any(objective => objective.AbstainReward is not null);
    }

    /// <summary>The optimal action after every history, one table per objective; see <see cref="ActionCode"/>.</summary>
    public byte[][] Actions { get; }

    /// <summary>The value of the empty history, one lane per objective.</summary>
    public Vector512<double> Value => _values[0];

    public void Run() => Visit(0, 0, 0, -1);

    // Largest numbers first, so that every successor has its value before it is asked for.
    private void Visit(int model, int groups, int number, int last)
    {
        if (model == _models)
        {
            Decide(number, groups, last);
            return;
        }

        bool paid = _model.Verification(model) == VerificationKind.Paid;
        for (int group = groups; group >= 0; group--)
        {
            int groupsAfter = _index.GroupsAfter(groups, group);
            for (int outcome = _index.Outcomes(model) - 1; outcome >= 0; outcome--)
            {
                _verifyStep[model] = paid && outcome == 0 ? (int)_index.Completions(model + 1, groupsAfter) : 0;
                Visit(model + 1, groupsAfter, number + _index.Offset(model, groups, group, outcome), model);
            }
        }

        _verifyStep[model] = 0;
        Visit(model + 1, groups, number, last);
    }

    private void Decide(int number, int groups, int last)
    {
        Vector512<double> mass = Vector512.Create(_table.Probability[number]);
        Vector512<double> best = Vector512.Create(_table.Accepted[number]);
        Vector512<double> choice = Vector512.Create(last < 0 ? 0.0 : ActionCode.Accept(_table.Best[number]));
        if (_mayAbstain)
        {
            Take(_abstain * mass, ActionCode.Abstain, ref best, ref choice);
        }

        for (int m = 0; m <= last; m++)
        {
            int step = _verifyStep[m];
            if (step == 0)
            {
                continue;
            }

            Vector512<double> value = -_verifyPrice[m] * mass;
            for (int bin = 1; bin <= _bins; bin++)
            {
                value += _values[number + (bin * step)];
            }

            Take(value, ActionCode.Verify(m), ref best, ref choice);
        }

        for (int m = last + 1; m < _models; m++)
        {
            Vector512<double> value = -_answerPrice[m] * mass;
            int outcomes = _model.Verification(m) == VerificationKind.Free ? _index.Outcomes(m) : 1;
            for (int group = 0; group <= groups; group++)
            {
                int start = number + _index.Offset(m, groups, group, 0);
                int step = (int)_index.Completions(m + 1, _index.GroupsAfter(groups, group));
                for (int outcome = 0; outcome < outcomes; outcome++)
                {
                    value += _values[start + (outcome * step)];
                }
            }

            Take(value, ActionCode.Call(m), ref best, ref choice);
        }

        _values[number] = best;
        for (int lane = 0; lane < Actions.Length; lane++)
        {
            Actions[lane][number] = (byte)choice.GetElement(lane);
        }
    }

    private static void Take(Vector512<double> value, byte action, ref Vector512<double> best, ref Vector512<double> choice)
    {
        Vector512<double> better = Vector512.GreaterThan(value, best);
        best = Vector512.ConditionalSelect(better, value, best);
        choice = Vector512.ConditionalSelect(better, Vector512.Create((double)action), choice);
    }

    private static Vector512<double> Lanes(ReadOnlySpan<CascadeObjective> objectives, Func<CascadeObjective, double> of)
    {
        Span<double> lanes = stackalloc double[Vector512<double>.Count];
        lanes.Clear();
        for (int lane = 0; lane < objectives.Length; lane++)
        {
            lanes[lane] = of(objectives[lane]);
        }

        return Vector512.Create<double>(lanes);
    }
}
