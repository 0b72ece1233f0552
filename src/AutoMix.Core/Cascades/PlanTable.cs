namespace AutoMix;

/// <summary>The optimal action after every history of a cascade, or of those of its models that are worth having (the members).</summary>
/// <remarks>The members' own cascade numbers them from 0; what comes in and goes out is numbered as in the whole cascade.</remarks>
internal sealed class PlanTable
{
    private readonly CascadeModel _model;
    private readonly HistoryIndex _index;
    private readonly byte[] _actions;
    private readonly int[] _members;
    private PlanValues? _values;

    /// <param name="model">The members' cascade.</param>
    /// <param name="index">The numbering of its histories.</param>
    /// <param name="actions">One <see cref="ActionCode"/> per history.</param>
    /// <param name="members">Ascending; the index of each member in the whole cascade.</param>
    public PlanTable(CascadeModel model, HistoryIndex index, byte[] actions, int[] members)
    {
        _model = model;
        _index = index;
        _actions = actions;
        _members = members;
    }

    public ReadOnlySpan<int> Members => _members;

    public ReadOnlySpan<byte> Actions => _actions;

    /// <summary>The table of a whole cascade.</summary>
    public static PlanTable Whole(CascadeModel model, HistoryIndex index, byte[] actions) => new(model, index, actions, [.. Enumerable.Range(0, model.ModelCount)]);

    /// <summary>Whether the table has an action for the history.</summary>
    public bool Holds(CascadeHistory history) => TryNumber(history, out _, out _);

    /// <summary>The optimal action; false where the table lacks the history or the model to call is excluded.</summary>
    public bool TryDecide(CascadeHistory history, out CascadeAction action)
    {
        action = CascadeAction.Abstain;
        if (!TryNumber(history, out int number, out int groups))
        {
            return false;
        }

        byte code = _actions[number];
        CascadeActionKind kind = ActionCode.Kind(code);
        if (kind == CascadeActionKind.Abstain)
        {
            return true;
        }

        int member = ActionCode.Model(code);
        int model = _members[member];
        action = kind switch
        {
            CascadeActionKind.Call => CascadeAction.Call(model, final: IsFinal(number, groups, member)),
            CascadeActionKind.Verify => CascadeAction.Verify(model),
            _ => CascadeAction.Accept(model),
        };
        return kind != CascadeActionKind.Call || !history.IsExcluded(model);
    }

    /// <summary>What each action is worth; null where the table lacks the history.</summary>
    public List<ActionValue>? Values(CascadeObjective objective, CascadeHistory history)
    {
        int[] group = new int[_members.Length];
        int[] outcome = new int[_members.Length];
        if (!TryNumber(history, out _, out _, group, outcome))
        {
            return null;
        }

        List<ActionValue> values = (_values ??= new(_model, objective, _index, _actions)).Of(group, outcome);
        return [.. values
            .Select(value => value.Action.Kind == CascadeActionKind.Abstain ? value : value with { Action = value.Action with { Model = _members[value.Action.Model] } })
            .Where(value => value.Action.Kind != CascadeActionKind.Call || !history.IsExcluded(value.Action.Model))];
    }

    // The number of the history, or false where the table lacks it. The spans receive what it is made of, where they are given.
    private bool TryNumber(CascadeHistory history, out int number, out int groups, Span<int> groupOf = default, Span<int> outcomeOf = default)
    {
        number = 0;
        groups = 0;
        int answers = 0;
        groupOf.Fill(-1);
        Span<sbyte> canonical = stackalloc sbyte[CascadeHistory.MaxModels];
        canonical.Fill(-1);
        for (int i = 0; i < _members.Length; i++)
        {
            int m = _members[i];
            if (!history.IsCalled(m))
            {
                continue;
            }

            answers++;
            int outcome = 0;
            double confidence = history.Confidence(m);
            switch (_model.Verification(i))
            {
                case VerificationKind.Free when double.IsNaN(confidence):
                case VerificationKind.Paid when double.IsNaN(confidence) && !history.CanVerify(m):
                    return false;
                case VerificationKind.Free:
                    outcome = _model.Confidence.Bin(i, confidence);
                    break;
                case VerificationKind.Paid when !double.IsNaN(confidence):
                    outcome = 1 + _model.Confidence.Bin(i, confidence);
                    break;
            }

            ref sbyte group = ref canonical[history.Group(m)];
            group = group < 0 || _model.Options.AgreementTemper == 0 ? (sbyte)groups : group;
            if (!groupOf.IsEmpty)
            {
                groupOf[i] = group;
                outcomeOf[i] = outcome;
            }

            number += _index.Offset(i, groups, group, outcome);
            groups = _index.GroupsAfter(groups, group);
        }

        // An answer of a model that is no member is evidence that the table knows nothing of.
        return answers == history.AnswerCount;
    }

    private bool IsFinal(int number, int groups, int member)
    {
        byte accept = ActionCode.Accept(member);
        int outcomes = _model.Verification(member) == VerificationKind.Free ? _index.Outcomes(member) : 1;
        for (int group = 0; group <= groups; group++)
        {
            for (int outcome = 0; outcome < outcomes; outcome++)
            {
                if (_actions[number + _index.Offset(member, groups, group, outcome)] != accept)
                {
                    return false;
                }
            }
        }

        return true;
    }
}
