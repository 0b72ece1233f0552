namespace AutoMix.Pomdps;

/// <summary>The grammar of the .pomdp format: a preamble in any order, then T, O and R entries.</summary>
internal sealed class PomdpParser(PomdpTokenizer tokens, PomdpLimits limits)
{
    private const int Any = PomdpBuilder.Any;

    private readonly PomdpTerms _terms = new(tokens);
    private double? _discount;
    private bool? _isCost;
    private int? _horizon;
    private NameList? _states;
    private NameList? _actions;
    private NameList? _observations;
    private PomdpBuilder? _builder;
    private bool _hasStart;

    public Pomdp Parse()
    {
        while (!tokens.IsEnd)
        {
            ParseSection();
        }

        PomdpBuilder builder = Builder();
        return _terms.Guard(() => builder.Build(tokens.Line, tokens.Error));
    }

    private void ParseSection()
    {
        if (tokens.Is("T") && tokens.NextIsColon)
        {
            Section();
            ParseTransition(Builder());
        }
        else if (tokens.Is("O") && tokens.NextIsColon)
        {
            Section();
            ParseObservation(Builder());
        }
        else if (tokens.Is("R") && tokens.NextIsColon)
        {
            Section();
            ParseReward(Builder());
        }
        else if (tokens.Is("start"))
        {
            ParseStart();
        }
        else if (tokens.Is("discount"))
        {
            Once(_discount is null);
            _discount = _terms.Number("the discount");
        }
        else if (tokens.Is("values"))
        {
            Once(_isCost is null);
            _isCost = tokens.Is("cost") || (tokens.Is("reward") ? false : throw _terms.Expected("'reward' or 'cost'"));
            tokens.Advance();
        }
        else if (tokens.Is("horizon"))
        {
            Once(_horizon is null);
            _horizon = tokens.TryInteger(out int steps) && steps > 0 ? steps : throw _terms.Expected("a number of steps");
            tokens.Advance();
        }
        else if (tokens.Is("states"))
        {
            Once(_states is null);
            _states = _terms.Names("states", limits.MaxStateActions);
        }
        else if (tokens.Is("actions"))
        {
            Once(_actions is null);
            _actions = _terms.Names("actions", limits.MaxStateActions);
        }
        else if (tokens.Is("observations"))
        {
            Once(_observations is null);
            _observations = _terms.Names("observations", limits.MaxObservations);
        }
        else
        {
            throw _terms.Expected("'discount', 'values', 'states', 'actions', 'observations', 'start', 'T', 'O' or 'R', followed by ':'");
        }
    }

    // The sizes are known from here on: the first section that needs them makes the builder.
    private PomdpBuilder Builder()
    {
        if (_builder is null)
        {
            string? missing = _discount is null ? "discount" : _states is null ? "states" : _actions is null ? "actions" : _observations is null ? "observations" : null;
            if (missing is not null)
            {
                throw tokens.Error($"'{missing}:' is missing; it must come before the first start, T, O or R.");
            }

            _builder = _terms.Guard(() => new PomdpBuilder(_states!, _actions!, _observations!, _discount!.Value, limits));
        }

        if (_horizon is int steps)
        {
            _builder.Horizon(steps);
        }

        _builder.Line = tokens.Line;
        return _builder;
    }

    private void ParseStart()
    {
        bool include = tokens.NextIs("include") && tokens.SecondNextIsColon;
        bool exclude = tokens.NextIs("exclude") && tokens.SecondNextIsColon;
        if (_hasStart)
        {
            throw tokens.Error("'start' is given twice.");
        }

        _hasStart = true;
        if (include || exclude)
        {
            tokens.Advance();
        }

        Section();
        PomdpBuilder builder = Builder();
        int states = builder.States.Count;
        if (include || exclude)
        {
            StartIn(builder, States(builder), exclude);
        }
        else if (tokens.Is("uniform"))
        {
            tokens.Advance();
            builder.Start(Any);
        }
        else if (StartsState(builder))
        {
            StartIn(builder, States(builder), exclude: false);
        }
        else
        {
            double[] belief = new double[states];
            for (int i = 0; i < states; i++)
            {
                belief[i] = _terms.Number($"probability {i + 1} of {states}");
            }

            _terms.Guard(() => builder.Start(belief));
        }
    }

    // A name is a state; a lone integer is one too, unless the model has one state only and it is its probability.
    private bool StartsState(PomdpBuilder builder)
    {
        if (!tokens.TryNumber(out _))
        {
            return true;
        }

        if (builder.States.Find(tokens.Text) < 0 || builder.States.Count == 1)
        {
            return false;
        }

        // 'start: 0 0 1' is a belief and 'start: 2' a state; what follows tells them apart.
        return !tokens.NextStartsNumber;
    }

    private List<int> States(PomdpBuilder builder)
    {
        List<int> states = [];
        while (tokens.IsWord && !_terms.AtSection())
        {
            states.Add(_terms.Index(builder.States, "state", allowAny: false));
        }

        return states.Count > 0 ? states : throw _terms.Expected("a state");
    }

    private void StartIn(PomdpBuilder builder, List<int> states, bool exclude)
    {
        bool[] chosen = new bool[builder.States.Count];
        Array.Fill(chosen, exclude);
        foreach (int state in states)
        {
            chosen[state] = !exclude;
        }

        int count = chosen.Count(c => c);
        if (count == 0)
        {
            throw tokens.Error("'start exclude' leaves no state to start in.");
        }

        builder.Start([.. chosen.Select(c => c ? 1.0 / count : 0.0)]);
    }

    private void ParseTransition(PomdpBuilder builder)
    {
        int action = _terms.Index(builder.Actions, "action");
        if (!_terms.TakeColon())
        {
            if (tokens.Is("identity"))
            {
                tokens.Advance();
                _terms.Guard(() => builder.Stay(action));
            }
            else if (!TryKeywordRow(builder, action, Any))
            {
                _terms.Matrix(builder.States.Count, builder.States.Count, "T", (state, row) => builder.TransitionRow(action, state, row));
            }

            return;
        }

        int from = _terms.Index(builder.States, "state");
        if (!_terms.TakeColon())
        {
            if (!TryKeywordRow(builder, action, from))
            {
                _terms.Row(builder.States.Count, "T", row => builder.TransitionRow(action, from, row));
            }

            return;
        }

        int to = _terms.Index(builder.States, "state");
        double probability = _terms.Number("a probability");
        _terms.Guard(() => builder.Transition(action, from, to, probability));
    }

    private bool TryKeywordRow(PomdpBuilder builder, int action, int state)
    {
        bool uniform = tokens.Is("uniform");
        if (!uniform && !tokens.Is("reset"))
        {
            return false;
        }

        tokens.Advance();
        _terms.Guard(() => uniform ? builder.Uniform(action, state) : builder.Reset(action, state));
        return true;
    }

    private void ParseObservation(PomdpBuilder builder)
    {
        int action = _terms.Index(builder.Actions, "action");
        int nextState = Any;
        if (_terms.TakeColon())
        {
            nextState = _terms.Index(builder.States, "state");
            if (_terms.TakeColon())
            {
                int observation = _terms.Index(builder.Observations, "observation");
                double probability = _terms.Number("a probability");
                _terms.Guard(() => builder.Observation(action, nextState, observation, probability));
                return;
            }
        }
        else if (!tokens.Is("uniform"))
        {
            if (tokens.Is("identity") && builder.States.Count == builder.Observations.Count)
            {
                tokens.Advance();
                _terms.Guard(() => builder.Observation(action, Any, Any, 0));
                for (int state = 0; state < builder.States.Count; state++)
                {
                    int seen = state;
                    _terms.Guard(() => builder.Observation(action, seen, seen, 1));
                }

                return;
            }

            _terms.Matrix(builder.States.Count, builder.Observations.Count, "O", (state, row) => builder.ObservationRow(action, state, row));
            return;
        }

        if (tokens.Is("uniform"))
        {
            tokens.Advance();
            _terms.Guard(() => builder.UniformObservation(action, nextState));
        }
        else
        {
            _terms.Row(builder.Observations.Count, "O", row => builder.ObservationRow(action, nextState, row));
        }
    }

    private void ParseReward(PomdpBuilder builder)
    {
        double sign = _isCost == true ? -1 : 1;
        int action = _terms.Index(builder.Actions, "action");
        _terms.RequireColon();
        int state = _terms.Index(builder.States, "state");
        if (!_terms.TakeColon())
        {
            _terms.Matrix(builder.States.Count, builder.Observations.Count, "R", (next, row) => Rewards(next, row));
            return;
        }

        int nextState = _terms.Index(builder.States, "state");
        if (!_terms.TakeColon())
        {
            _terms.Row(builder.Observations.Count, "R", row => Rewards(nextState, row));
            return;
        }

        int observation = _terms.Index(builder.Observations, "observation");
        double reward = _terms.Number("a reward");
        _terms.Guard(() => builder.Reward(action, state, nextState, observation, sign * reward));

        void Rewards(int next, double[] row)
        {
            for (int o = 0; o < row.Length; o++)
            {
                builder.Reward(action, state, next, o, sign * row[o]);
            }
        }
    }

    private void Once(bool isFirst)
    {
        if (!isFirst)
        {
            throw tokens.Error($"'{tokens.Text}' is given twice.");
        }

        if (_builder is not null)
        {
            throw tokens.Error($"'{tokens.Text}' must come before the first start, T, O or R.");
        }

        Section();
    }

    private void Section()
    {
        tokens.Advance();
        _terms.RequireColon();
    }
}
