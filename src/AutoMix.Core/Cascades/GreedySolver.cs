using System.Buffers;

namespace AutoMix;

/// <summary>
/// One-step value of information: take the action whose immediate observation raises the value of accepting the most, net of
/// its price; accept when none pays. For histories that a plan's table lacks.
/// </summary>
internal static class GreedySolver
{
    private const int OnStack = 2048;

    public static CascadeAction Decide(CascadeModel model, CascadeObjective objective, CascadeHistory history) => Decide(model, objective, history, null);

    /// <summary>Every action that was compared, with its value.</summary>
    public static List<ActionValue> Values(CascadeModel model, CascadeObjective objective, CascadeHistory history)
    {
        var values = new List<ActionValue>();
        Decide(model, objective, history, values);
        return values;
    }

    private static CascadeAction Decide(CascadeModel model, CascadeObjective objective, CascadeHistory history, List<ActionValue>? values)
    {
        int size = CascadeBelief.ScratchSize(model, history);
        double[]? rented = size > OnStack ? ArrayPool<double>.Shared.Rent(size) : null;
        Span<double> scratch = rented is null ? stackalloc double[OnStack] : rented;
        Span<int> called = stackalloc int[CascadeBelief.MostAnswers];
        Span<int> groupOf = stackalloc int[CascadeBelief.MostAnswers];
        var belief = new CascadeBelief(model, history, called, groupOf, scratch);
        CascadeAction action = Choose(model, objective, history, belief, values);
        if (rented is not null)
        {
            ArrayPool<double>.Shared.Return(rented);
        }

        return action;
    }

    private static CascadeAction Choose(CascadeModel model, CascadeObjective objective, CascadeHistory history, in CascadeBelief belief, List<ActionValue>? values)
    {
        Span<double> correctness = stackalloc double[CascadeHistory.MaxModels];
        correctness = correctness[..model.ModelCount];
        belief.Marginals(correctness);
        double best = double.NegativeInfinity;
        CascadeAction action = CascadeAction.Abstain;
        foreach (int m in belief.Called)
        {
            Take(correctness[m], CascadeAction.Accept(m), ref best, ref action, values);
        }

        if (objective.AbstainReward is { } abstain)
        {
            Take(abstain, CascadeAction.Abstain, ref best, ref action, values);
        }

        foreach (int m in belief.Called)
        {
            if (history.CanVerify(m) && model.Verification(m) == VerificationKind.Paid && belief.Total > 0)
            {
                Take(AfterVerify(model, belief, m) - objective.Price(model.VerifyCost(m)), CascadeAction.Verify(m), ref best, ref action, values);
            }
        }

        for (int m = 0; m < model.ModelCount && belief.Called.Length < CascadeBelief.MostAnswers; m++)
        {
            if (!history.IsCalled(m) && !history.IsExcluded(m))
            {
                double value = belief.Total > 0 ? AfterCall(model, belief, m) : correctness[m];
                Take(value - objective.Price(model.AnswerCost(m)), CascadeAction.Call(m), ref best, ref action, values);
            }
        }

        return action;
    }

    private static void Take(double value, CascadeAction candidate, ref double best, ref CascadeAction action, List<ActionValue>? values)
    {
        values?.Add(new(candidate, value));
        if (value > best)
        {
            best = value;
            action = candidate;
        }
    }

    // E[max over answers of P(correct)] after the answer of a model, its group and its free confidence are seen.
    private static double AfterCall(CascadeModel model, in CascadeBelief belief, int newcomer)
    {
        int answers = belief.Called.Length;
        int nodes = model.Prior.NodeCount;
        bool free = model.Verification(newcomer) == VerificationKind.Free;
        Span<double> good = stackalloc double[(1 << CascadeBelief.MostAnswers) * CascadeModel.Nodes];
        good = good[..(belief.Patterns * nodes)];
        belief.FillGood(newcomer, good);
        Span<double> ofGood = stackalloc double[(CascadeBelief.MostAnswers + 1) * CascadeModel.Nodes];
        Span<double> ofBad = stackalloc double[(CascadeBelief.MostAnswers + 1) * CascadeModel.Nodes];
        double value = 0;
        for (int group = 0; group <= belief.Groups; group++)
        {
            ofGood.Clear();
            ofBad.Clear();
            for (int pattern = 0; pattern < belief.Patterns; pattern++)
            {
                double joinsGood = belief.Joins(pattern, newcomer, good: true, group);
                double joinsBad = belief.Joins(pattern, newcomer, good: false, group);
                ReadOnlySpan<double> weights = belief.Weights(pattern);
                for (int q = 0; q < nodes; q++)
                {
                    double g = good[(pattern * nodes) + q];
                    double b = (weights[q] - g) * joinsBad;
                    g *= joinsGood;
                    for (int i = 0; i < answers; i++)
                    {
                        if ((pattern >> i & 1) != 0)
                        {
                            ofGood[(i * nodes) + q] += g;
                            ofBad[(i * nodes) + q] += b;
                        }
                    }

                    ofGood[(answers * nodes) + q] += g;
                }
            }

            value += Expected(model, free ? newcomer : -1, ofGood[..((answers + 1) * nodes)], ofBad[..((answers + 1) * nodes)]);
        }

        return value / belief.Total;
    }

    // E[max over answers of P(correct)] after a verification of an answer is seen.
    private static double AfterVerify(CascadeModel model, in CascadeBelief belief, int verified)
    {
        int answers = belief.Called.Length;
        int nodes = model.Prior.NodeCount;
        int at = belief.Called.IndexOf(verified);
        Span<double> ofGood = stackalloc double[CascadeBelief.MostAnswers * CascadeModel.Nodes];
        Span<double> ofBad = stackalloc double[CascadeBelief.MostAnswers * CascadeModel.Nodes];
        for (int pattern = 0; pattern < belief.Patterns; pattern++)
        {
            ReadOnlySpan<double> weights = belief.Weights(pattern);
            Span<double> to = (pattern >> at & 1) != 0 ? ofGood : ofBad;
            for (int i = 0; i < answers; i++)
            {
                for (int q = 0; q < nodes && (pattern >> i & 1) != 0; q++)
                {
                    to[(i * nodes) + q] += weights[q];
                }
            }
        }

        return Expected(model, verified, ofGood[..(answers * nodes)], ofBad[..(answers * nodes)]) / belief.Total;
    }

    // Sum over the bins of a confidence of max over answers of P(answer correct, bin); one bin where there is no confidence.
    // The spans hold P(answer correct, observed model correct / wrong, node), answers x nodes.
    private static double Expected(CascadeModel model, int observed, ReadOnlySpan<double> ofGood, ReadOnlySpan<double> ofBad)
    {
        double value = 0;
        int nodes = model.Prior.NodeCount;
        int bins = observed < 0 ? 1 : model.Confidence.Bins;
        for (int bin = 0; bin < bins; bin++)
        {
            double best = 0;
            for (int from = 0; from < ofGood.Length; from += nodes)
            {
                double sum = 0;
                for (int q = 0; q < nodes; q++)
                {
                    double good = observed < 0 ? 1 : model.Confidence.OfBin(observed, true, q, bin);
                    double bad = observed < 0 ? 1 : model.Confidence.OfBin(observed, false, q, bin);
                    sum += (ofGood[from + q] * good) + (ofBad[from + q] * bad);
                }

                best = Math.Max(best, sum);
            }

            value += best;
        }

        return value;
    }
}
