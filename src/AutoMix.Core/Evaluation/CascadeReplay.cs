namespace AutoMix.Evaluation;

/// <summary>Runs a policy over recorded traces, as the live pipeline would have run it.</summary>
internal static class CascadeReplay
{
    /// <summary>Runs one recorded query.</summary>
    /// <param name="policy">The policy.</param>
    /// <param name="table">The traces.</param>
    /// <param name="row">Row of the query.</param>
    /// <param name="history">A history of the same number of models; reset first, and holds the path afterwards.</param>
    /// <param name="onStep">Called with every action before it is carried out; may be null.</param>
    /// <exception cref="InvalidOperationException">The policy decided something that cannot be done.</exception>
    public static CascadeOutcome Run(ICascadePolicy policy, TraceTable table, int row, CascadeHistory history, Action<CascadeAction>? onStep = null)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(table);
        ArgumentNullException.ThrowIfNull(history);
        history.Reset();
        history.RequestKey = table.Key(row);
        history.Embedding = table.Embedding(row);
        history.InputTokens = table.InputTokens(row);
        double dollars = 0;
        double tokens = 0;
        double seconds = 0;
        while (true)
        {
            CascadeAction action = policy.Decide(history);
            onStep?.Invoke(action);
            int m = action.Model;
            switch (action.Kind)
            {
                case CascadeActionKind.Call when !history.IsCalled(m):
                    dollars += table.AnswerCost(row, m);
                    tokens += table.Tokens(row, m);
                    seconds += table.Seconds(row, m);
                    Answer(table, row, m, history);
                    break;
                case CascadeActionKind.Verify when history.CanVerify(m):
                    dollars += table.VerifyCost(row, m);
                    Verify(table, row, m, history);
                    break;
                case CascadeActionKind.Accept when history.IsCalled(m):
                    return new CascadeOutcome(m, table.Quality(row, m), new CascadeCost(dollars, tokens, seconds));
                case CascadeActionKind.Abstain:
                    return new CascadeOutcome(-1, 0, new CascadeCost(dollars, tokens, seconds));
                default:
                    throw new InvalidOperationException($"The policy '{policy.Name}' decided {action} after a history in which that cannot be done.");
            }
        }
    }

    private static void Answer(TraceTable table, int row, int model, CascadeHistory history)
    {
        int agreesWith = -1;
        for (int other = 0; other < table.ModelCount && agreesWith < 0; other++)
        {
            agreesWith = history.IsCalled(other) && table.SameAs(row, other) == table.SameAs(row, model) ? other : -1;
        }

        history.RecordAnswer(model, agreesWith);
        history.RecordAnswerKey(model, table.AnswerKey(row, model));
        if (table.Verification(model) != VerificationKind.Paid)
        {
            Verify(table, row, model, history);
        }
    }

    private static void Verify(TraceTable table, int row, int model, CascadeHistory history)
    {
        double confidence = table.Confidence(row, model);
        if (double.IsNaN(confidence))
        {
            history.RecordUnknown(model);
        }
        else
        {
            history.RecordConfidence(model, confidence);
        }
    }
}
