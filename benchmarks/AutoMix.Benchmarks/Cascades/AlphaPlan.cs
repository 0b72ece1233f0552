using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace AutoMix.Benchmarks.Cascades;

/// <summary>
/// A plan that decides by alpha vectors on the exact belief: the rival of the plan's table in <see cref="AlphaStudy"/>. Every history of
/// the exact solution gives one vector, the value of following the solution from there, by correctness pattern and node of the trait.
/// Histories with the same models called, verified and agreeing share a set, from which a decision takes the best vector.
/// </summary>
/// <remarks>A vector is kept only where it is better than the others of its set at the belief of its own history.</remarks>
internal sealed class AlphaPlan : ICascadePolicy
{
    private const double LeastGain = 1e-5;
    private const double LeastProbability = 1e-6;
    private readonly CascadeModel _model;
    private readonly CascadeObjective _objective;
    private readonly HistoryIndex _index;
    private readonly byte[] _actions;
    private readonly Dictionary<ulong, List<Alpha>> _sets = [];
    private readonly Dictionary<(ulong Earlier, int Model, int Group), Vector512<double>[]> _joining = [];
    private readonly Dictionary<(int Model, int Outcome), Vector512<double>[]> _confidence = [];
    private readonly int[] _group;
    private readonly int[] _outcome;

    private AlphaPlan(CascadeModel model, CascadeObjective objective, HistoryIndex index, byte[] actions)
    {
        _model = model;
        _objective = objective;
        _index = index;
        _actions = actions;
        _group = [.. Enumerable.Repeat(-1, model.ModelCount)];
        _outcome = new int[model.ModelCount];
        Vector512<double>[] prior = MemoryMarshal.Cast<double, Vector512<double>>(model.Prior.Joint).ToArray();
        Visit(0, 0, 0, prior);
        Value = Dot(prior, Best(_sets[0], prior).Vector);
    }

    public string Name => "alpha";

    public IReadOnlyList<string> Models => _model.Models;

    public int VectorCount => _sets.Values.Sum(set => set.Count);

    /// <summary>The value before any call, by the model.</summary>
    public double Value { get; }

    public long Bytes => VectorCount * (long)(Vector512<double>.Count * sizeof(double)) << _model.ModelCount;

    /// <summary>Solves the model for an objective, and reads the vectors from the solution.</summary>
    public static AlphaPlan Solve(CascadeModel model, CascadeObjective objective)
    {
        HistoryIndex index = ExactSolver.IndexFor(model);
        return new(model, objective, index, ExactSolver.Solve(model, index, [objective], out _)[0]);
    }

    public CascadeAction Decide(CascadeHistory history)
    {
        CascadeBelief belief = history.Belief(_model);
        ulong key = 0;
        for (int i = 0; i < belief.Called.Length; i++)
        {
            int m = belief.Called[i];
            key |= Part(m, history.Group(m), _model.Verification(m) == VerificationKind.Paid && !history.CanVerify(m));
        }

        if (!_sets.TryGetValue(key, out List<Alpha>? set))
        {
            return GreedySolver.Decide(_model, _objective, history);
        }

        byte code = Best(set, belief.Weights).Action;
        int model = ActionCode.Model(code);
        return ActionCode.Kind(code) switch
        {
            CascadeActionKind.Call => CascadeAction.Call(model),
            CascadeActionKind.Verify => CascadeAction.Verify(model),
            CascadeActionKind.Accept => CascadeAction.Accept(model),
            _ => CascadeAction.Abstain,
        };
    }

    // Largest numbers first, so that the sets of all successors are complete before a history needs them.
    private void Visit(int model, int groups, int number, Vector512<double>[] belief)
    {
        if (Sum(belief) < LeastProbability)
        {
            return;
        }

        if (model == _model.ModelCount)
        {
            Add(groups, number, belief);
            return;
        }

        for (int group = groups; group >= 0; group--)
        {
            Vector512<double>[] answered = Times(belief, Joining(model, group, groups));
            for (int outcome = _index.Outcomes(model) - 1; outcome >= 0; outcome--)
            {
                (_group[model], _outcome[model]) = (group, outcome);
                Visit(model + 1, _index.GroupsAfter(groups, group), number + _index.Offset(model, groups, group, outcome), Times(answered, Confidence(model, outcome)));
            }
        }

        (_group[model], _outcome[model]) = (-1, 0);
        Visit(model + 1, groups, number, belief);
    }

    private void Add(int groups, int number, Vector512<double>[] belief)
    {
        byte action = _actions[number];
        int m = ActionCode.Model(action);
        var vector = new Vector512<double>[belief.Length];
        switch (ActionCode.Kind(action))
        {
            case CascadeActionKind.Accept:
                vector = Accepting(m);
                break;
            case CascadeActionKind.Abstain:
                Array.Fill(vector, Vector512.Create(_objective.AbstainReward!.Value));
                break;
            case CascadeActionKind.Verify:
                Array.Fill(vector, Vector512.Create(-_objective.Price(_model.VerifyCost(m))));
                for (int outcome = 1; outcome < _index.Outcomes(m); outcome++)
                {
                    _outcome[m] = outcome;
                    AddBranch(vector, belief, m, Confidence(m, outcome));
                }

                _outcome[m] = 0;
                break;
            default:
                Array.Fill(vector, Vector512.Create(-_objective.Price(_model.AnswerCost(m))));
                int outcomes = _model.Verification(m) == VerificationKind.Free ? _index.Outcomes(m) : 1;
                for (int group = 0; group <= groups; group++)
                {
                    Vector512<double>[] joining = Joining(m, group, groups);
                    for (int outcome = 0; outcome < outcomes; outcome++)
                    {
                        (_group[m], _outcome[m]) = (group, outcome);
                        AddBranch(vector, belief, m, Times(joining, Confidence(m, outcome)));
                    }

                    (_group[m], _outcome[m]) = (-1, 0);
                }

                break;
        }

        ref List<Alpha>? set = ref CollectionsMarshal.GetValueRefOrAddDefault(_sets, Key(), out _);
        set ??= [];
        if (set.Count == 0 || Dot(belief, vector) > Dot(belief, Best(set, belief).Vector) + (LeastGain * Sum(belief)))
        {
            set.Add(new(action, vector));
        }
    }

    private void AddBranch(Vector512<double>[] vector, Vector512<double>[] belief, int observed, Vector512<double>[] likelihood)
    {
        Vector512<double>[] next = _sets.TryGetValue(Key(), out List<Alpha>? set) ? Best(set, Times(belief, likelihood)).Vector : Accepting(observed);
        for (int pattern = 0; pattern < vector.Length; pattern++)
        {
            vector[pattern] += likelihood[pattern] * next[pattern];
        }
    }

    private ulong Key()
    {
        ulong key = 0;
        for (int m = 0; m < _group.Length; m++)
        {
            key |= _group[m] < 0 ? 0 : Part(m, _group[m], _model.Verification(m) == VerificationKind.Paid && _outcome[m] > 0);
        }

        return key;
    }

    private ulong Part(int model, int group, bool verified) =>
        (ulong)(1 + (2 * (_model.Options.AgreementTemper == 0 ? 0 : group)) + (verified ? 1 : 0)) << (4 * model);

    // P(the answer joins the group | pattern), after the answers of the models before it.
    private Vector512<double>[] Joining(int model, int group, int groups)
    {
        ulong earlier = 0;
        for (int m = 0; m < model; m++)
        {
            earlier |= _group[m] < 0 ? 0 : Part(m, _group[m], verified: false);
        }

        ref Vector512<double>[]? joining = ref CollectionsMarshal.GetValueRefOrAddDefault(_joining, (earlier, model, group), out _);
        return joining ??= [.. Enumerable.Range(0, 1 << _model.ModelCount).Select(pattern => Vector512.Create(
            (group == groups ? 1 : Odds(model, group, pattern)) / (1 + Enumerable.Range(0, groups).Sum(g => Odds(model, g, pattern)))))];
    }

    private double Odds(int model, int group, int pattern)
    {
        bool good = (pattern >> model & 1) != 0;
        int[] members = [.. Enumerable.Range(0, model).Where(m => _group[m] == group)];
        return members.Average(m => _model.Agreement.Odds(m, model, (pattern >> m & 1) != 0, good)) * _model.Agreement.Growth(good, members.Length);
    }

    private Vector512<double>[] Confidence(int model, int outcome)
    {
        int bin = outcome - (_model.Verification(model) == VerificationKind.Paid ? 1 : 0);
        bool observed = _model.Verification(model) != VerificationKind.None && bin >= 0;
        ref Vector512<double>[]? confidence = ref CollectionsMarshal.GetValueRefOrAddDefault(_confidence, (model, outcome), out _);
        return confidence ??= [.. Enumerable.Range(0, 1 << _model.ModelCount).Select(pattern =>
            observed ? _model.Confidence.OfBin(model, (pattern >> model & 1) != 0, bin) : Vector512<double>.One)];
    }

    private Vector512<double>[] Accepting(int model) =>
        [.. Enumerable.Range(0, 1 << _model.ModelCount).Select(pattern => (pattern >> model & 1) != 0 ? Vector512<double>.One : Vector512<double>.Zero)];

    private static Alpha Best(List<Alpha> set, ReadOnlySpan<Vector512<double>> belief)
    {
        Alpha best = set[0];
        double most = double.NegativeInfinity;
        foreach (Alpha alpha in set)
        {
            double value = Dot(belief, alpha.Vector);
            (best, most) = value > most ? (alpha, value) : (best, most);
        }

        return best;
    }

    private static Vector512<double>[] Times(Vector512<double>[] left, Vector512<double>[] right)
    {
        var product = new Vector512<double>[left.Length];
        for (int i = 0; i < product.Length; i++)
        {
            product[i] = left[i] * right[i];
        }

        return product;
    }

    private static double Dot(ReadOnlySpan<Vector512<double>> left, ReadOnlySpan<Vector512<double>> right)
    {
        Vector512<double> sum = Vector512<double>.Zero;
        for (int i = 0; i < left.Length; i++)
        {
            sum += left[i] * right[i];
        }

        return Vector512.Sum(sum);
    }

    private static double Sum(Vector512<double>[] belief)
    {
        Vector512<double> sum = Vector512<double>.Zero;
        foreach (Vector512<double> pattern in belief)
        {
            sum += pattern;
        }

        return Vector512.Sum(sum);
    }

    private sealed record Alpha(byte Action, Vector512<double>[] Vector);
}
