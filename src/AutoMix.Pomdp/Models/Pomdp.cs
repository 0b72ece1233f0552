using System.Numerics.Tensors;
using AutoMix.Beliefs;

namespace AutoMix.Pomdps;

/// <summary>
/// A finite partially observable Markov decision process: hidden state, actions that change it and earn a reward, and
/// observations that tell something of the new state. Immutable, safe to share between threads.
/// </summary>
/// <remarks>
/// Rewards are kept as the expected immediate reward R(s, a): that is all that any value, bound or policy depends on.
/// Build one with <see cref="PomdpBuilder"/> or read one with <see cref="PomdpReader"/>.
/// </remarks>
public sealed class Pomdp
{
    private readonly NameList _states;
    private readonly NameList _actions;
    private readonly NameList _observations;
    private readonly double[] _start;
    private readonly SparseMatrix[] _transitions;
    private readonly SparseMatrix[] _observationModels;
    private readonly double[][] _rewards;

    internal Pomdp(
        NameList states,
        NameList actions,
        NameList observations,
        double discount,
        int? horizon,
        double[] start,
        SparseMatrix[] transitions,
        SparseMatrix[] observationModels,
        double[][] rewards)
    {
        _states = states;
        _actions = actions;
        _observations = observations;
        Discount = discount;
        Horizon = horizon;
        _start = start;
        _transitions = transitions;
        _observationModels = observationModels;
        _rewards = rewards;
    }

    /// <summary>Names of the states.</summary>
    public IReadOnlyList<string> States => _states;

    /// <summary>Names of the actions.</summary>
    public IReadOnlyList<string> Actions => _actions;

    /// <summary>Names of the observations.</summary>
    public IReadOnlyList<string> Observations => _observations;

    /// <summary>Number of states.</summary>
    public int StateCount => _states.Count;

    /// <summary>Number of actions.</summary>
    public int ActionCount => _actions.Count;

    /// <summary>Number of observations.</summary>
    public int ObservationCount => _observations.Count;

    /// <summary>Weight of the next step's reward, above 0 and at most 1.</summary>
    public double Discount { get; }

    /// <summary>Number of steps after which the process ends, or null when it never does.</summary>
    public int? Horizon { get; }

    /// <summary>The belief before the first action.</summary>
    public ReadOnlySpan<double> Start => _start;

    /// <summary>T(s' | s, a): one row a state, one column a next state.</summary>
    public SparseMatrix Transitions(int action) => _transitions[action];

    /// <summary>O(o | s', a): one row a next state, one column an observation.</summary>
    public SparseMatrix ObservationModel(int action) => _observationModels[action];

    /// <summary>Expected immediate reward of the action in each state.</summary>
    public ReadOnlySpan<double> Rewards(int action) => _rewards[action];

    /// <summary>Expected immediate reward of the action under a belief.</summary>
    /// <exception cref="ArgumentException">The belief has another number of states.</exception>
    public double ExpectedReward(ReadOnlySpan<double> belief, int action) => TensorPrimitives.Dot(belief, _rewards[action]);

    /// <summary>The same model, ending after so many steps.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is not even one step.</exception>
    public Pomdp WithHorizon(int steps)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(steps);
        return new Pomdp(_states, _actions, _observations, Discount, steps, _start, _transitions, _observationModels, _rewards);
    }

    internal NameList StateNames => _states;

    internal NameList ActionNames => _actions;

    internal NameList ObservationNames => _observations;
}
