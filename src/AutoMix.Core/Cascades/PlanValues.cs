namespace AutoMix;

/// <summary>
/// The values of a plan's actions after one history: what the exact solver compared there. Found by following the plan's own
/// table over all that may still be observed.
/// </summary>
internal sealed class PlanValues(CascadeModel model, CascadeObjective objective, HistoryIndex index, byte[] actions)
{
    private readonly HistoryTable _table = HistoryTable.Fill(model, index);

    /// <summary>One value per possible action; <paramref name="group"/> and <paramref name="outcome"/> say what has been observed of each model.</summary>
    /// <param name="group">Per model: its agreement group, or -1 where it has not been called.</param>
    /// <param name="outcome">Per model: its verification outcome.</param>
    public List<ActionValue> Of(int[] group, int[] outcome)
    {
        var values = new List<ActionValue>();
        int number = Number(group, outcome, out _);
        double mass = _table.Probability[number];
        if (_table.Best[number] >= 0)
        {
            values.Add(new(CascadeAction.Accept(_table.Best[number]), _table.Accepted[number] / mass));
        }

        int last = Array.FindLastIndex(group, g => g >= 0);
        for (int m = 0; m <= last; m++)
        {
            if (group[m] >= 0 && model.Verification(m) == VerificationKind.Paid && outcome[m] == 0)
            {
                values.Add(new(CascadeAction.Verify(m), AfterVerify(group, outcome, m) / mass));
            }
        }

        for (int m = last + 1; m < model.ModelCount; m++)
        {
            values.Add(new(CascadeAction.Call(m), AfterCall(group, outcome, m) / mass));
        }

        if (objective.AbstainReward is { } reward)
        {
            values.Add(new(CascadeAction.Abstain, reward));
        }

        return values;
    }

    // P(history) x the value of following the plan from it.
    private double Follow(int[] group, int[] outcome)
    {
        int number = Number(group, outcome, out _);
        byte code = actions[number];
        return ActionCode.Kind(code) switch
        {
            CascadeActionKind.Accept => _table.Accepted[number],
            CascadeActionKind.Verify => AfterVerify(group, outcome, ActionCode.Model(code)),
            CascadeActionKind.Call => AfterCall(group, outcome, ActionCode.Model(code)),
            _ => (objective.AbstainReward ?? 0) * _table.Probability[number],
        };
    }

    private double AfterVerify(int[] group, int[] outcome, int verified)
    {
        double value = -objective.Price(model.VerifyCost(verified)) * _table.Probability[Number(group, outcome, out _)];
        for (int bin = 1; bin <= model.Confidence.Bins; bin++)
        {
            outcome[verified] = bin;
            value += Follow(group, outcome);
        }

        outcome[verified] = 0;
        return value;
    }

    private double AfterCall(int[] group, int[] outcome, int called)
    {
        double value = -objective.Price(model.AnswerCost(called)) * _table.Probability[Number(group, outcome, out int groups)];
        int outcomes = model.Verification(called) == VerificationKind.Free ? index.Outcomes(called) : 1;
        for (int joined = 0; joined <= groups; joined++)
        {
            group[called] = joined;
            for (int seen = 0; seen < outcomes; seen++)
            {
                outcome[called] = seen;
                value += Follow(group, outcome);
            }
        }

        group[called] = -1;
        outcome[called] = 0;
        return value;
    }

    private int Number(int[] group, int[] outcome, out int groups)
    {
        int number = 0;
        groups = 0;
        for (int m = 0; m < group.Length; m++)
        {
            if (group[m] >= 0)
            {
                number += index.Offset(m, groups, group[m], outcome[m]);
                groups = index.GroupsAfter(groups, group[m]);
            }
        }

        return number;
    }
}
