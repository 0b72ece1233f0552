using System.Numerics.Tensors;
using AutoMix.Beliefs;

namespace AutoMix.Pomdps;

/// <summary>Bayes' rule for a model: from a belief, an action and an observation to the next belief.</summary>
/// <remarks>Immutable and safe to share; updating allocates nothing.</remarks>
internal sealed class BeliefUpdater
{
    private readonly Pomdp _model;
    private readonly SparseMatrix[] _byObservation;

    /// <summary>Makes an updater for a model.</summary>
    public BeliefUpdater(Pomdp model)
    {
        ArgumentNullException.ThrowIfNull(model);
        _model = model;
        _byObservation = [.. Enumerable.Range(0, model.ActionCount).Select(a => model.ObservationModel(a).Transpose())];
    }

    /// <summary>b'(s') ~ O(o | s', a) sum over s of T(s' | s, a) b(s).</summary>
    /// <param name="belief">The belief before the action.</param>
    /// <param name="action">The action taken.</param>
    /// <param name="observation">What was observed.</param>
    /// <param name="destination">Receives the belief after; zeros when the result is false. Must not overlap <paramref name="belief"/>.</param>
    /// <param name="evidence">Probability of the observation: positive exactly when the result is true.</param>
    /// <returns>False when the observation is impossible after the action.</returns>
    /// <exception cref="ArgumentException">A span has another number of states than the model.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such action or observation.</exception>
    public bool TryUpdate(ReadOnlySpan<double> belief, int action, int observation, Span<double> destination, out double evidence)
    {
        BeliefKernels.RequireSameLength(_model.StateCount, belief.Length, nameof(belief));
        BeliefKernels.RequireSameLength(_model.StateCount, destination.Length, nameof(destination));
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)action, (uint)_model.ActionCount, nameof(action));
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)observation, (uint)_model.ObservationCount, nameof(observation));
        TransitionKernels.Predict(belief, _model.Transitions(action), destination);
        evidence = 0;
        int at = 0;
        ReadOnlySpan<int> states = _byObservation[action].RowColumns(observation);
        ReadOnlySpan<double> chances = _byObservation[action].RowValues(observation);
        for (int i = 0; i < states.Length; i++)
        {
            destination[at..states[i]].Clear();
            at = states[i] + 1;
            evidence += destination[states[i]] *= chances[i];
        }

        destination[at..].Clear();
        if (!(evidence > 0))
        {
            destination.Clear();
            evidence = 0;
            return false;
        }

        TensorPrimitives.Divide(destination, evidence, destination);
        return true;
    }
}
