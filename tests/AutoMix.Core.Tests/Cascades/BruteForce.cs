using AutoMix.Statistics;

namespace AutoMix.Core.Tests.Cascades;

/// <summary>
/// The cascade POMDP written down a second time, straight from its definition and as slowly as it likes: explicit states
/// (node of the trait, pattern), explicit Bayes updates, expectimax over every action and observation.
/// </summary>
internal sealed class BruteForce
{
    private readonly CascadeModel _model;
    private readonly CascadeObjective _objective;
    private readonly double[] _prior;

    public BruteForce(CascadeModel model, CascadeObjective objective)
    {
        _model = model;
        _objective = objective;
        _prior = model.Prior.Joint.ToArray();
    }

    /// <summary>One model's part of a history: its group, and the bin of its confidence (-1 unverified).</summary>
    public sealed record Seen(int Model, int Group, int Bin);

    /// <summary>Joint weights of (node of the trait, pattern) before anything is observed.</summary>
    public IReadOnlyList<double> Prior => _prior;

    public double OptimalValue() => Best([], _prior);

    /// <summary>The expected value of a policy that decides from the same histories.</summary>
    public double ValueOf(ICascadePolicy policy) => Follow(policy, [], _prior);

    /// <summary>What an action is worth after a history, when the best is done afterwards.</summary>
    public double ValueOf(IReadOnlyList<Seen> seen, CascadeAction action)
    {
        double[] belief = After(seen);
        return Value(seen, belief, action, Best) / belief.Sum();
    }

    /// <summary>What an action is worth after a history, when the answer most likely correct is accepted afterwards.</summary>
    public double ValueOneStepAhead(IReadOnlyList<Seen> seen, CascadeAction action)
    {
        double[] belief = After(seen);
        return Value(seen, belief, action, (next, after) => next.Max(s => Correct(after, s.Model))) / belief.Sum();
    }

    public double[] Posterior(IReadOnlyList<Seen> seen)
    {
        double[] belief = After(seen);
        double total = belief.Sum();
        return [.. Enumerable.Range(0, _model.ModelCount).Select(m => Correct(belief, m) / total)];
    }

    public CascadeHistory History(IReadOnlyList<Seen> seen)
    {
        var history = new CascadeHistory(_model.ModelCount);
        foreach (Seen s in seen)
        {
            Seen? same = seen.FirstOrDefault(other => other.Group == s.Group && other.Model < s.Model);
            history.RecordAnswer(s.Model, same?.Model ?? -1);
            if (s.Bin >= 0)
            {
                history.RecordConfidence(s.Model, ConfidenceOf(s.Bin));
            }
        }

        return history;
    }

    private double[] After(IReadOnlyList<Seen> seen)
    {
        double[] belief = [.. _prior];
        for (int i = 0; i < seen.Count; i++)
        {
            belief = AfterAnswer(belief, seen.Take(i), seen[i].Model, seen[i].Group);
            belief = seen[i].Bin >= 0 ? AfterConfidence(belief, seen[i].Model, seen[i].Bin) : belief;
        }

        return belief;
    }

    // Values are joint: P(history) x value.
    private double Best(IReadOnlyList<Seen> seen, double[] belief)
    {
        double best = double.NegativeInfinity;
        foreach (CascadeAction action in Actions(seen))
        {
            best = Math.Max(best, Value(seen, belief, action, Best));
        }

        return best;
    }

    private double Follow(ICascadePolicy policy, IReadOnlyList<Seen> seen, double[] belief) =>
        Value(seen, belief, policy.Decide(History(seen)), (next, after) => Follow(policy, next, after));

    public IEnumerable<CascadeAction> Actions(IReadOnlyList<Seen> seen)
    {
        int last = seen.Count == 0 ? -1 : seen.Max(s => s.Model);
        for (int m = last + 1; m < _model.ModelCount; m++)
        {
            yield return CascadeAction.Call(m);
        }

        foreach (Seen s in seen)
        {
            yield return CascadeAction.Accept(s.Model);
            if (s.Bin < 0 && _model.Verification(s.Model) == VerificationKind.Paid)
            {
                yield return CascadeAction.Verify(s.Model);
            }
        }

        if (_objective.AbstainReward is not null)
        {
            yield return CascadeAction.Abstain;
        }
    }

    private double Value(IReadOnlyList<Seen> seen, double[] belief, CascadeAction action, Func<IReadOnlyList<Seen>, double[], double> go)
    {
        int m = action.Model;
        switch (action.Kind)
        {
            case CascadeActionKind.Accept:
                return Correct(belief, m);
            case CascadeActionKind.Abstain:
                return belief.Sum() * _objective.AbstainReward!.Value;
            case CascadeActionKind.Verify:
                return (-belief.Sum() * _objective.Price(_model.VerifyCost(m))) + Enumerable.Range(0, _model.Confidence.Bins).Sum(bin =>
                    go([.. seen.Select(s => s.Model == m ? s with { Bin = bin } : s)], AfterConfidence(belief, m, bin)));
            default:
                double value = -belief.Sum() * _objective.Price(_model.AnswerCost(m));
                int groups = seen.Select(s => s.Group).Distinct().Count();
                for (int group = 0; group <= groups; group++)
                {
                    double[] after = AfterAnswer(belief, seen, m, group);
                    if (_model.Verification(m) != VerificationKind.Free)
                    {
                        value += go([.. seen, new Seen(m, group, -1)], after);
                        continue;
                    }

                    for (int bin = 0; bin < _model.Confidence.Bins; bin++)
                    {
                        value += go([.. seen, new Seen(m, group, bin)], AfterConfidence(after, m, bin));
                    }
                }

                return value;
        }
    }

    public double[] AfterAnswer(double[] belief, IEnumerable<Seen> seen, int model, int group) =>
        [.. belief.Select((b, state) =>
        {
            int pattern = state / CascadeModel.Nodes;
            bool good = (pattern >> model & 1) != 0;
            var odds = seen.GroupBy(s => s.Group).ToDictionary(
                g => g.Key,
                g => g.Average(s => _model.Agreement.Odds(s.Model, model, (pattern >> s.Model & 1) != 0, good)) * _model.Agreement.Growth(good, g.Count()));
            return b * odds.GetValueOrDefault(group, 1) / (1 + odds.Values.Sum());
        })];

    public double[] AfterConfidence(double[] belief, int model, int bin) =>
        [.. belief.Select((b, state) => b * _model.Confidence.OfBin(model, (state / CascadeModel.Nodes >> model & 1) != 0, state % CascadeModel.Nodes, bin))];

    private static double Correct(double[] belief, int model) =>
        belief.Where((_, state) => (state / CascadeModel.Nodes >> model & 1) != 0).Sum();

    // The middle of the bin; RandomCascades cuts the grid into equal bins.
    private double ConfidenceOf(int bin)
    {
        int cell = ((2 * bin) + 1) * ConfidenceGrid.Size / (2 * _model.Confidence.Bins);
        return 1 / (1 + Math.Exp(-ConfidenceGrid.Centre(cell)));
    }
}
