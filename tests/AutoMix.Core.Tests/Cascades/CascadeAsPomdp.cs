using AutoMix.Pomdps;

namespace AutoMix.Core.Tests.Cascades;

/// <summary>
/// The routing problem as a general POMDP: a state is what is hidden (node of the trait, pattern) beside what has been seen, an
/// observation is what the last action showed. An action that the cascade does not allow ends the run with a loss.
/// </summary>
internal sealed class CascadeAsPomdp
{
    private const double Forbidden = -10;

    private readonly CascadeModel _model;
    private readonly CascadeObjective _objective;
    private readonly BruteForce _definition;
    private readonly Dictionary<string, int> _numbers = [];
    private readonly List<IReadOnlyList<BruteForce.Seen>> _histories = [];

    private CascadeAsPomdp(CascadeModel model, CascadeObjective objective)
    {
        _model = model;
        _objective = objective;
        _definition = new BruteForce(model, objective);
    }

    private int Hidden => _definition.Prior.Count;

    private int End => Hidden * _histories.Count;

    public static Pomdp Create(CascadeModel model, CascadeObjective objective) => new CascadeAsPomdp(model, objective).Build();

    private Pomdp Build()
    {
        Number([]);
        for (int k = 0; k < _histories.Count; k++)
        {
            foreach (CascadeAction action in _definition.Actions(_histories[k]).ToList())
            {
                foreach ((IReadOnlyList<BruteForce.Seen> next, _, _) in Outcomes(k, action))
                {
                    Number(next);
                }
            }
        }

        int models = _model.ModelCount, observations = models * _model.Confidence.Bins;
        var builder = new PomdpBuilder(End + 1, (3 * models) + 1, observations, discount: 1);
        for (int a = 0; a < (3 * models) + 1; a++)
        {
            builder.Transition(a, PomdpBuilder.Any, End, 1).Observation(a, PomdpBuilder.Any, 0, 1).Reward(a, PomdpBuilder.Any, Forbidden).Reward(a, End, 0);
            for (int k = 0; k < _histories.Count; k++)
            {
                Fill(builder, a, k);
            }
        }

        return builder.Start([.. _definition.Prior, .. new double[End + 1 - Hidden]]).Build();
    }

    private void Fill(PomdpBuilder builder, int number, int history)
    {
        CascadeAction action = ActionOf(number);
        if (!_definition.Actions(_histories[history]).Contains(action))
        {
            return;
        }

        for (int hidden = 0; hidden < Hidden; hidden++)
        {
            int state = (history * Hidden) + hidden;
            bool correct = (hidden / CascadeModel.Nodes >> action.Model & 1) != 0;
            builder.Reward(number, state, action.Kind switch
            {
                CascadeActionKind.Accept => correct ? 1 : 0,
                CascadeActionKind.Abstain => _objective.AbstainReward!.Value,
                CascadeActionKind.Verify => -_objective.Price(_model.VerifyCost(action.Model)),
                _ => -_objective.Price(_model.AnswerCost(action.Model)),
            });
        }

        var outcomes = Outcomes(history, action).ToList();
        if (outcomes.Count == 0)
        {
            return;
        }

        foreach ((IReadOnlyList<BruteForce.Seen> next, int observation, double[] probability) in outcomes)
        {
            int number2 = Number(next);
            for (int hidden = 0; hidden < Hidden; hidden++)
            {
                builder.Transition(number, (history * Hidden) + hidden, (number2 * Hidden) + hidden, probability[hidden]);
                builder.Observation(number, (number2 * Hidden) + hidden, 0, 0).Observation(number, (number2 * Hidden) + hidden, observation, 1);
            }
        }

        for (int hidden = 0; hidden < Hidden; hidden++)
        {
            builder.Transition(number, (history * Hidden) + hidden, End, 0);
        }
    }

    // What may follow, with its probability for each hidden state.
    private IEnumerable<(IReadOnlyList<BruteForce.Seen> Next, int Observation, double[] Probability)> Outcomes(int history, CascadeAction action)
    {
        IReadOnlyList<BruteForce.Seen> seen = _histories[history];
        double[] ones = [.. Enumerable.Repeat(1.0, Hidden)];
        int m = action.Model, bins = _model.Confidence.Bins;
        if (action.Kind == CascadeActionKind.Verify)
        {
            for (int bin = 0; bin < bins; bin++)
            {
                yield return ([.. seen.Select(s => s.Model == m ? s with { Bin = bin } : s)], bin, _definition.AfterConfidence(ones, m, bin));
            }
        }
        else if (action.Kind == CascadeActionKind.Call)
        {
            int groups = seen.Select(s => s.Group).Distinct().Count();
            for (int group = 0; group <= groups; group++)
            {
                double[] answered = _definition.AfterAnswer(ones, seen, m, group);
                if (_model.Verification(m) != VerificationKind.Free)
                {
                    yield return ([.. seen, new(m, group, -1)], group * bins, answered);
                    continue;
                }

                for (int bin = 0; bin < bins; bin++)
                {
                    yield return ([.. seen, new(m, group, bin)], (group * bins) + bin, _definition.AfterConfidence(answered, m, bin));
                }
            }
        }
    }

    private int Number(IReadOnlyList<BruteForce.Seen> seen)
    {
        string key = string.Join(";", seen.Select(s => $"{s.Model},{s.Group},{s.Bin}"));
        if (!_numbers.TryGetValue(key, out int number))
        {
            number = _histories.Count;
            _numbers.Add(key, number);
            _histories.Add(seen);
        }

        return number;
    }

    private CascadeAction ActionOf(int number) => (number % 3, number / 3) switch
    {
        (_, int m) when m == _model.ModelCount => CascadeAction.Abstain,
        (0, int m) => CascadeAction.Call(m),
        (1, int m) => CascadeAction.Verify(m),
        (_, int m) => CascadeAction.Accept(m),
    };
}
