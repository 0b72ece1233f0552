namespace AutoMix.Pomdps;

/// <summary>The grammar of the .pomdp format: a preamble in any order, then T, O and R entries.</summary>
internal sealed class PomdpParser(PomdpTokenizer tokens, PomdpLimits limits)
{
    private const int Any = PomdpBuilder.Any;

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
        return Guard(() => builder.Build(tokens.Line, tokens.Error));
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
            _discount = Number("the discount");
        }
        else if (tokens.Is("values"))
        {
            Once(_isCost is null);
            _isCost = tokens.Is("cost") || (tokens.Is("reward") ? false : throw Expected("'reward' or 'cost'"));
            tokens.Advance();
        }
        else if (tokens.Is("horizon"))
        {
            Once(_horizon is null);
            _horizon = tokens.TryInteger(out int steps) && steps > 0 ? steps : throw Expected("a number of steps");
            tokens.Advance();
        }
        else if (tokens.Is("states"))
        {
            Once(_states is null);
            _states = Names("states", limits.MaxStateActions);
        }
        else if (tokens.Is("actions"))
        {
            Once(_actions is null);
            _actions = Names("actions", limits.MaxStateActions);
        }
        else if (tokens.Is("observations"))
        {
            Once(_observations is null);
            _observations = Names("observations", limits.MaxObservations);
        }
        else
        {
            throw Expected("'discount', 'values', 'states', 'actions', 'observations', 'start', 'T', 'O' or 'R', followed by ':'");
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

            _builder = Guard(() => new PomdpBuilder(_states!, _actions!, _observations!, _discount!.Value, limits));
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
                belief[i] = Number($"probability {i + 1} of {states}");
            }

            Guard(() => builder.Start(belief));
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
        while (tokens.IsWord && !AtSection())
        {
            states.Add(Index(builder.States, "state", allowAny: false));
        }

        return states.Count > 0 ? states : throw Expected("a state");
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
        int action = Index(builder.Actions, "action");
        if (!TakeColon())
        {
            if (tokens.Is("identity"))
            {
                tokens.Advance();
                Guard(() => builder.Stay(action));
            }
            else if (!TryKeywordRow(builder, action, Any))
            {
                Matrix(builder.States.Count, builder.States.Count, "T", (state, row) => builder.TransitionRow(action, state, row));
            }

            return;
        }

        int from = Index(builder.States, "state");
        if (!TakeColon())
        {
            if (!TryKeywordRow(builder, action, from))
            {
                Row(builder.States.Count, "T", row => builder.TransitionRow(action, from, row));
            }

            return;
        }

        int to = Index(builder.States, "state");
        double probability = Number("a probability");
        Guard(() => builder.Transition(action, from, to, probability));
    }

    private bool TryKeywordRow(PomdpBuilder builder, int action, int state)
    {
        bool uniform = tokens.Is("uniform");
        if (!uniform && !tokens.Is("reset"))
        {
            return false;
        }

        tokens.Advance();
        Guard(() => uniform ? builder.Uniform(action, state) : builder.Reset(action, state));
        return true;
    }

    private void ParseObservation(PomdpBuilder builder)
    {
        int action = Index(builder.Actions, "action");
        int nextState = Any;
        if (TakeColon())
        {
            nextState = Index(builder.States, "state");
            if (TakeColon())
            {
                int observation = Index(builder.Observations, "observation");
                double probability = Number("a probability");
                Guard(() => builder.Observation(action, nextState, observation, probability));
                return;
            }
        }
        else if (!tokens.Is("uniform"))
        {
            if (tokens.Is("identity") && builder.States.Count == builder.Observations.Count)
            {
                tokens.Advance();
                Guard(() => builder.Observation(action, Any, Any, 0));
                for (int state = 0; state < builder.States.Count; state++)
                {
                    int seen = state;
                    Guard(() => builder.Observation(action, seen, seen, 1));
                }

                return;
            }

            Matrix(builder.States.Count, builder.Observations.Count, "O", (state, row) => builder.ObservationRow(action, state, row));
            return;
        }

        if (tokens.Is("uniform"))
        {
            tokens.Advance();
            Guard(() => builder.UniformObservation(action, nextState));
        }
        else
        {
            Row(builder.Observations.Count, "O", row => builder.ObservationRow(action, nextState, row));
        }
    }

    private void ParseReward(PomdpBuilder builder)
    {
        double sign = _isCost == true ? -1 : 1;
        int action = Index(builder.Actions, "action");
        RequireColon();
        int state = Index(builder.States, "state");
        if (!TakeColon())
        {
            Matrix(builder.States.Count, builder.Observations.Count, "R", (next, row) => Rewards(next, row));
            return;
        }

        int nextState = Index(builder.States, "state");
        if (!TakeColon())
        {
            Row(builder.Observations.Count, "R", row => Rewards(nextState, row));
            return;
        }

        int observation = Index(builder.Observations, "observation");
        double reward = Number("a reward");
        Guard(() => builder.Reward(action, state, nextState, observation, sign * reward));

        void Rewards(int next, double[] row)
        {
            for (int o = 0; o < row.Length; o++)
            {
                builder.Reward(action, state, next, o, sign * row[o]);
            }
        }
    }

    private void Matrix(int rows, int columns, string title, Action<int, double[]> take)
    {
        for (int r = 0; r < rows; r++)
        {
            int state = r;
            Row(columns, title, row => take(state, row), r, rows);
        }
    }

    private void Row(int columns, string title, Action<double[]> take, int number = 0, int of = 1)
    {
        double[] row = new double[columns];
        for (int c = 0; c < columns; c++)
        {
            if (!tokens.TryNumber(out row[c]))
            {
                throw Expected(of > 1 ? $"a number ({title}: row {number + 1} of {of}, column {c + 1} of {columns})" : $"a number ({title}: {c + 1} of {columns})");
            }

            tokens.Advance();
        }

        Guard(() => take(row));
    }

    private NameList Names(string kind, int limit)
    {
        if (tokens.TryInteger(out int count) && !tokens.NextStartsNumber)
        {
            if (count <= 0 || count > limit)
            {
                throw tokens.Error($"The number of {kind} must be from 1 to {limit}, not {count}.");
            }

            tokens.Advance();
            return new NameList(count);
        }

        List<string> names = [];
        while (tokens.IsWord && !AtSection())
        {
            if (names.Count == limit)
            {
                throw tokens.Error($"More than {limit} {kind}.");
            }

            names.Add(tokens.Text.ToString());
            tokens.Advance();
        }

        return names.Count > 0 ? Guard(() => new NameList(names)) : throw Expected($"{kind}, as names or as a count");
    }

    private bool AtSection() => tokens.NextIsColon || (tokens.SecondNextIsColon && tokens.Is("start") && (tokens.NextIs("include") || tokens.NextIs("exclude")));

    private int Index(NameList names, string kind, bool allowAny = true)
    {
        if (!tokens.IsWord)
        {
            throw Expected($"a {kind}");
        }

        int index = allowAny && tokens.Is("*") ? Any : names.Find(tokens.Text);
        if (index == Any && !(allowAny && tokens.Is("*")))
        {
            throw tokens.Error($"There is no {kind} {tokens.Describe()}.");
        }

        tokens.Advance();
        return index;
    }

    private double Number(string what)
    {
        if (!tokens.TryNumber(out double number))
        {
            throw Expected(what);
        }

        tokens.Advance();
        return number;
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
        RequireColon();
    }

    private void RequireColon()
    {
        if (!TakeColon())
        {
            throw Expected("':'");
        }
    }

    private bool TakeColon()
    {
        bool colon = tokens.IsColon;
        if (colon)
        {
            tokens.Advance();
        }

        return colon;
    }

    private PomdpFormatException Expected(string what) => tokens.Error($"Expected {what}, found {tokens.Describe()}.");

    private void Guard(Action change) => Guard<object?>(() =>
    {
        change();
        return null;
    });

    private T Guard<T>(Func<T> change)
    {
        try
        {
            return change();
        }
        catch (PomdpException e) when (e is not PomdpFormatException)
        {
            throw tokens.Error(e.Message);
        }
    }
}
