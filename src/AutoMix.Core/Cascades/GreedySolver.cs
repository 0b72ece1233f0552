using System.Runtime.Intrinsics;

namespace AutoMix;

/// <summary>
/// One-step value of information: take the action whose immediate observation raises the value of accepting the most, net of
/// its price; accept when none pays. For histories that a plan's table lacks.
/// </summary>
internal static class GreedySolver
{
    public static CascadeAction Decide(CascadeModel model, CascadeObjective objective, CascadeHistory history) => Choose(model, objective, history, null);

    /// <summary>Every action that was compared, with its value.</summary>
    public static List<ActionValue> Values(CascadeModel model, CascadeObjective objective, CascadeHistory history)
    {
        var values = new List<ActionValue>();
        Choose(model, objective, history, values);
        return values;
    }

    private static CascadeAction Choose(CascadeModel model, CascadeObjective objective, CascadeHistory history, List<ActionValue>? values)
    {
        CascadeBelief belief = history.Belief(model);
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
            if (history.CanVerify(m) && model.Verification(m) == VerificationKind.Paid && belief.IsPossible)
            {
                Take(AfterVerify(model, belief, m) - objective.Price(model.VerifyCost(m)), CascadeAction.Verify(m), ref best, ref action, values);
            }
        }

        for (int m = 0; m < model.ModelCount && belief.Called.Length < CascadeBelief.MostAnswers; m++)
        {
            if (!history.IsCalled(m) && !history.IsExcluded(m))
            {
                double value = belief.IsPossible ? AfterCall(model, belief, m) : correctness[m];
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
    private static double AfterCall(CascadeModel model, CascadeBelief belief, int newcomer)
    {
        ReadOnlySpan<Vector512<double>> weights = belief.Covering(newcomer, out int bit);
        Span<Vector512<double>> correct = stackalloc Vector512<double>[2 * (CascadeBelief.MostAnswers + 1)];
        correct = correct[..(2 * (belief.Called.Length + 1))];
        double value = 0;
        for (int group = 0; group <= belief.Groups; group++)
        {
            correct.Clear();
            Vector512<double> joins = default;
            for (int pattern = 0; pattern < weights.Length; pattern++)
            {
                int lane = pattern % Vector512<double>.Count;
                joins = lane == 0 ? belief.Joins(newcomer, bit, group, pattern / Vector512<double>.Count) : joins;
                Vector512<double> weight = weights[pattern] * joins[lane];
                AddCorrect(belief.Bits, weight, pattern, bit, correct);
                correct[^1] += (pattern >> bit & 1) != 0 ? weight : Vector512<double>.Zero;
            }

            value += Expected(model, model.Verification(newcomer) == VerificationKind.Free ? newcomer : -1, correct);
        }

        return value;
    }

    // E[max over answers of P(correct)] after a verification of an answer is seen.
    private static double AfterVerify(CascadeModel model, CascadeBelief belief, int verified)
    {
        Span<Vector512<double>> correct = stackalloc Vector512<double>[2 * CascadeBelief.MostAnswers];
        correct = correct[..(2 * belief.Called.Length)];
        ReadOnlySpan<Vector512<double>> weights = belief.Weights;
        int bit = belief.BitOf(verified);
        for (int pattern = 0; pattern < weights.Length; pattern++)
        {
            AddCorrect(belief.Bits, weights[pattern], pattern, bit, correct);
        }

        return Expected(model, verified, correct);
    }

    // Adds a pattern's weight to every answer that is correct in it, apart by whether the observed model (a bit) is.
    private static void AddCorrect(ReadOnlySpan<int> answers, Vector512<double> weight, int pattern, int bit, Span<Vector512<double>> correct)
    {
        int half = pattern >> bit & 1;
        for (int i = 0; i < answers.Length; i++)
        {
            if ((pattern >> answers[i] & 1) != 0)
            {
                correct[(2 * i) + half] += weight;
            }
        }
    }

    // Sum over the bins of a confidence of max over answers of P(answer correct, bin); one bin where there is no confidence.
    // Per answer: P(answer correct, observed model wrong), then P(answer correct, observed model correct), by node.
    private static double Expected(CascadeModel model, int observed, ReadOnlySpan<Vector512<double>> correct)
    {
        double value = 0;
        int bins = observed < 0 ? 1 : model.Confidence.Bins;
        for (int bin = 0; bin < bins; bin++)
        {
            Vector512<double> bad = observed < 0 ? Vector512<double>.One : model.Confidence.OfBin(observed, good: false, bin);
            Vector512<double> good = observed < 0 ? Vector512<double>.One : model.Confidence.OfBin(observed, good: true, bin);
            double best = 0;
            for (int i = 0; i < correct.Length; i += 2)
            {
                best = Math.Max(best, Vector512.Sum((correct[i] * bad) + (correct[i + 1] * good)));
            }

            value += best;
        }

        return value;
    }
}
