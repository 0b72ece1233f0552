using AutoMix.Beliefs;

namespace AutoMix.Pomdps;

/// <summary>Describes a <see cref="Pomdp"/> in code. Later entries replace earlier ones; <see cref="Any"/> stands for all.</summary>
/// <example>
/// <code>
/// Pomdp tiger = new PomdpBuilder(["left", "right"], ["listen", "open-left", "open-right"], ["hear-left", "hear-right"], discount: 0.95)
///     .Stay(action: 0).Uniform(action: 1).Uniform(action: 2)
///     .ObservationRow(0, 0, [0.85, 0.15]).ObservationRow(0, 1, [0.15, 0.85])
///     .UniformObservation(1).UniformObservation(2)
///     .Reward(0, PomdpBuilder.Any, -1)
///     .Reward(1, 0, -100).Reward(1, 1, 10).Reward(2, 0, 10).Reward(2, 1, -100)
///     .Build();
/// </code>
/// </example>
public sealed class PomdpBuilder
{
    /// <summary>Every action, state or observation.</summary>
    public const int Any = -1;

    private readonly NameList _states;
    private readonly NameList _actions;
    private readonly NameList _observations;
    private readonly double _discount;
    private readonly ProbabilityTable _transitions;
    private readonly ProbabilityTable _observationModel;
    private readonly RewardTable _rewards;
    private double[]? _start;
    private int? _horizon;
    private bool _built;

    /// <summary>Starts a model whose states, actions and observations have names.</summary>
    /// <exception cref="PomdpException">A list is empty or has a name twice, the discount is not in (0, 1], or the model is above the limits.</exception>
    public PomdpBuilder(IReadOnlyList<string> states, IReadOnlyList<string> actions, IReadOnlyList<string> observations, double discount)
        : this(new NameList(states), new NameList(actions), new NameList(observations), discount, PomdpLimits.Default)
    {
    }

    /// <summary>Starts a model whose states, actions and observations are numbers.</summary>
    /// <inheritdoc cref="PomdpBuilder(IReadOnlyList{string}, IReadOnlyList{string}, IReadOnlyList{string}, double)" path="/exception"/>
    public PomdpBuilder(int states, int actions, int observations, double discount)
        : this(new NameList(states), new NameList(actions), new NameList(observations), discount, PomdpLimits.Default)
    {
    }

    internal PomdpBuilder(NameList states, NameList actions, NameList observations, double discount, PomdpLimits limits)
    {
        if (states.Count <= 0 || actions.Count <= 0 || observations.Count <= 0)
        {
            throw new PomdpException("A model needs at least one state, one action and one observation.");
        }

        if (!(discount > 0 && discount <= 1))
        {
            throw new PomdpException($"The discount must be above 0 and at most 1, not {ProbabilityTable.Text(discount)}.");
        }

        if ((long)states.Count * actions.Count > limits.MaxStateActions)
        {
            throw new PomdpException($"{states.Count} states times {actions.Count} actions are more than the {limits.MaxStateActions} of PomdpLimits.MaxStateActions.");
        }

        if (observations.Count > limits.MaxObservations)
        {
            throw new PomdpException($"{observations.Count} observations are more than the {limits.MaxObservations} of PomdpLimits.MaxObservations.");
        }

        EntryBudget budget = new(limits.MaxEntries);
        _states = states;
        _actions = actions;
        _observations = observations;
        _discount = discount;
        _transitions = new ProbabilityTable("T", actions.Count, states.Count, states.Count, budget);
        _observationModel = new ProbabilityTable("O", actions.Count, states.Count, observations.Count, budget);
        _rewards = new RewardTable(budget);
    }

    internal int Line { get; set; }

    internal NameList States => _states;

    internal NameList Actions => _actions;

    internal NameList Observations => _observations;

    /// <summary>T(s' | s, a) = probability.</summary>
    public PomdpBuilder Transition(int action, int state, int nextState, double probability)
    {
        Check(action, _actions, "action");
        Check(state, _states, "state");
        Check(nextState, _states, "state");
        _transitions.Set(action, state, nextState, probability, Line);
        return this;
    }

    /// <summary>T(. | s, a) in full.</summary>
    public PomdpBuilder TransitionRow(int action, int state, ReadOnlySpan<double> probabilities)
    {
        Check(action, _actions, "action");
        Check(state, _states, "state");
        CheckLength(probabilities.Length, _states.Count);
        _transitions.SetRow(action, state, probabilities, Line);
        return this;
    }

    /// <summary>The action leaves the state as it is (T = identity).</summary>
    public PomdpBuilder Stay(int action)
    {
        Check(action, _actions, "action");
        _transitions.SetIdentity(action, Line);
        return this;
    }

    /// <summary>After the action every state is equally likely.</summary>
    public PomdpBuilder Uniform(int action, int state = Any)
    {
        Check(action, _actions, "action");
        Check(state, _states, "state");
        _transitions.SetUniform(action, state, Line);
        return this;
    }

    /// <summary>The action takes the process back to the start belief.</summary>
    public PomdpBuilder Reset(int action, int state = Any)
    {
        Check(action, _actions, "action");
        Check(state, _states, "state");
        _transitions.SetStart(action, state, Line);
        return this;
    }

    /// <summary>O(o | s', a) = probability.</summary>
    public PomdpBuilder Observation(int action, int nextState, int observation, double probability)
    {
        Check(action, _actions, "action");
        Check(nextState, _states, "state");
        Check(observation, _observations, "observation");
        _observationModel.Set(action, nextState, observation, probability, Line);
        return this;
    }

    /// <summary>O(. | s', a) in full.</summary>
    public PomdpBuilder ObservationRow(int action, int nextState, ReadOnlySpan<double> probabilities)
    {
        Check(action, _actions, "action");
        Check(nextState, _states, "state");
        CheckLength(probabilities.Length, _observations.Count);
        _observationModel.SetRow(action, nextState, probabilities, Line);
        return this;
    }

    /// <summary>The observation after the action tells nothing.</summary>
    public PomdpBuilder UniformObservation(int action, int nextState = Any)
    {
        Check(action, _actions, "action");
        Check(nextState, _states, "state");
        _observationModel.SetUniform(action, nextState, Line);
        return this;
    }

    /// <summary>Reward of an action in a state, or of one of its outcomes.</summary>
    public PomdpBuilder Reward(int action, int state, int nextState, int observation, double reward)
    {
        Check(action, _actions, "action");
        Check(state, _states, "state");
        Check(nextState, _states, "state");
        Check(observation, _observations, "observation");
        if (!double.IsFinite(reward))
        {
            throw new PomdpException("A reward must be a finite number.");
        }

        _rewards.Set(action, state, nextState, observation, reward);
        return this;
    }

    /// <summary>Reward of an action in a state.</summary>
    public PomdpBuilder Reward(int action, int state, double reward) => Reward(action, state, Any, Any, reward);

    /// <summary>The belief before the first action; uniform unless told.</summary>
    /// <exception cref="PomdpException">The numbers are not a distribution over the states.</exception>
    public PomdpBuilder Start(ReadOnlySpan<double> belief)
    {
        CheckLength(belief.Length, _states.Count);
        double sum = 0;
        int entries = 0;
        foreach (double p in belief)
        {
            if (!(p >= 0 && p <= 1 + ProbabilityTable.Tolerance(1)))
            {
                throw new PomdpException($"start: {ProbabilityTable.Text(p)} is not a probability.");
            }

            sum += p;
            entries += p > 0 ? 1 : 0;
        }

        if (!(Math.Abs(sum - 1) <= ProbabilityTable.Tolerance(entries)))
        {
            throw new PomdpException($"start: the probabilities sum to {ProbabilityTable.Text(sum)}, not 1.");
        }

        _start = belief.ToArray();
        if (ProbabilityTable.NeedsScaling(sum))
        {
            for (int i = 0; i < _start.Length; i++)
            {
                _start[i] /= sum;
            }
        }

        return this;
    }

    /// <summary>The process starts in one state.</summary>
    public PomdpBuilder Start(int state)
    {
        Check(state, _states, "state");
        double[] start = new double[_states.Count];
        if (state == Any)
        {
            Array.Fill(start, 1.0 / start.Length);
        }
        else
        {
            start[state] = 1;
        }

        _start = start;
        return this;
    }

    /// <summary>The process ends after so many steps.</summary>
    public PomdpBuilder Horizon(int steps)
    {
        if (steps <= 0)
        {
            throw new PomdpException("A horizon must be at least one step.");
        }

        _horizon = steps;
        return this;
    }

    /// <summary>The finished model. The builder cannot be used again.</summary>
    /// <exception cref="PomdpException">Some probabilities are missing or do not sum to 1.</exception>
    /// <exception cref="InvalidOperationException">The model has been built already.</exception>
    public Pomdp Build() => Build(lastLine: 0, static (message, _) => new PomdpException(message));

    internal Pomdp Build(int lastLine, Func<string, int, PomdpException> error)
    {
        if (_built)
        {
            throw new InvalidOperationException("The model has been built already.");
        }

        _built = true;
        if (_start is null)
        {
            Start(Any);
        }

        SparseMatrix[] transitions = _transitions.Build(_start!, _actions, _states, lastLine, error);
        SparseMatrix[] observations = _observationModel.Build(_start!, _actions, _states, lastLine, error);
        double[][] rewards = _rewards.Build(transitions, observations);
        return new Pomdp(_states, _actions, _observations, _discount, _horizon, _start!, transitions, observations, rewards);
    }

    private static void Check(int index, NameList names, string kind)
    {
        if (index != Any && (uint)index >= (uint)names.Count)
        {
            throw new PomdpException($"There is no {kind} {index}: the model has {names.Count}.");
        }
    }

    private static void CheckLength(int actual, int expected)
    {
        if (actual != expected)
        {
            throw new PomdpException($"Expected {expected} numbers, got {actual}.");
        }
    }
}
