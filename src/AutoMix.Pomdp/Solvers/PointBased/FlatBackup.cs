using AutoMix.Beliefs;

namespace AutoMix.Pomdps;

/// <summary>The exact one-step backup over whole beliefs: what the plain point-based methods are made of.</summary>
internal sealed class FlatBackup
{
    private readonly Pomdp _model;
    private readonly SparseMatrix[] _byObservation;
    private readonly double[] _next;

    public FlatBackup(Pomdp model)
    {
        _model = model;
        _byObservation = [.. Enumerable.Range(0, model.ActionCount).Select(a => model.ObservationModel(a).Transpose())];
        _next = new double[model.StateCount];
    }

    /// <summary>The vector that is best at the belief among all that follow one action by vectors of the policy.</summary>
    public AlphaVector At(ReadOnlySpan<double> belief, AlphaVectorPolicy policy, out double value)
    {
        value = double.NegativeInfinity;
        int best = 0;
        int[] bestFollow = [];
        double[] child = new double[_model.StateCount];
        for (int action = 0; action < _model.ActionCount; action++)
        {
            int[] follow = new int[_model.ObservationCount];
            TransitionKernels.Predict(belief, _model.Transitions(action), _next);
            double total = _model.ExpectedReward(belief, action);
            for (int o = 0; o < follow.Length; o++)
            {
                Array.Clear(child);
                double chance = 0;
                ReadOnlySpan<int> states = _byObservation[action].RowColumns(o);
                ReadOnlySpan<double> chances = _byObservation[action].RowValues(o);
                for (int i = 0; i < states.Length; i++)
                {
                    chance += child[states[i]] = _next[states[i]] * chances[i];
                }

                if (chance > 0)
                {
                    follow[o] = policy.Best(child, out double after);
                    total += _model.Discount * after;
                }
            }

            if (total > value)
            {
                value = total;
                best = action;
                bestFollow = follow;
            }
        }

        return Make(best, bestFollow, policy);
    }

    private AlphaVector Make(int action, int[] follow, AlphaVectorPolicy policy)
    {
        Array.Clear(_next);
        for (int o = 0; o < follow.Length; o++)
        {
            ReadOnlySpan<double> values = policy.Vectors[follow[o]].Values;
            ReadOnlySpan<int> states = _byObservation[action].RowColumns(o);
            ReadOnlySpan<double> chances = _byObservation[action].RowValues(o);
            for (int i = 0; i < states.Length; i++)
            {
                _next[states[i]] += chances[i] * values[states[i]];
            }
        }

        double[] alpha = new double[_model.StateCount];
        MdpBounds.BackUp(_model, action, _next, alpha);
        return new AlphaVector(action, alpha);
    }
}
