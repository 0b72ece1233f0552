using AutoMix.Beliefs;

namespace AutoMix.Pomdps;

/// <summary>The reward entries of a model in the order given, later ones replacing earlier, any part of each a wildcard.</summary>
internal sealed class RewardTable(EntryBudget budget)
{
    private const int Any = PomdpBuilder.Any;

    private readonly Dictionary<(int Action, int State), Group> _groups = [];
    private int _next;

    public void Set(int action, int state, int nextState, int observation, double reward)
    {
        budget.Spend(1);
        if (!_groups.TryGetValue((action, state), out Group? group))
        {
            group = new Group();
            _groups.Add((action, state), group);
        }

        group.Entries[(nextState, observation)] = new Entry(_next++, reward);
    }

    /// <summary>Expected immediate rewards, one array an action.</summary>
    public double[][] Build(SparseMatrix[] transitions, SparseMatrix[] observations)
    {
        double[][] rewards = new double[transitions.Length][];
        Group?[] groups = new Group?[4];
        for (int action = 0; action < transitions.Length; action++)
        {
            int states = transitions[action].RowCount;
            double[] expected = new double[states];
            for (int state = 0; state < states; state++)
            {
                groups[0] = _groups.GetValueOrDefault((action, state));
                groups[1] = _groups.GetValueOrDefault((action, Any));
                groups[2] = _groups.GetValueOrDefault((Any, state));
                groups[3] = _groups.GetValueOrDefault((Any, Any));
                Entry whole = Latest(groups, Any, Any, new Entry(-1, 0));
                expected[state] = HasSpecific(groups, whole.Order)
                    ? Expectation(groups, transitions[action], observations[action], state)
                    : whole.Reward;
            }

            rewards[action] = expected;
        }

        return rewards;
    }

    private static bool HasSpecific(Group?[] groups, int after)
    {
        foreach (Group? group in groups)
        {
            if (group is not null && group.LatestSpecific() > after)
            {
                return true;
            }
        }

        return false;
    }

    private double Expectation(Group?[] groups, SparseMatrix transitions, SparseMatrix observations, int state)
    {
        double total = 0;
        ReadOnlySpan<int> nextStates = transitions.RowColumns(state);
        ReadOnlySpan<double> probabilities = transitions.RowValues(state);
        bool byObservation = false;
        foreach (Group? group in groups)
        {
            byObservation |= group is not null && group.NamesObservation();
        }

        for (int i = 0; i < nextStates.Length; i++)
        {
            int next = nextStates[i];
            Entry any = Latest(groups, next, Any, Latest(groups, Any, Any, new Entry(-1, 0)));
            budget.Spend(1);
            if (!byObservation)
            {
                total += probabilities[i] * any.Reward;
                continue;
            }

            ReadOnlySpan<int> seen = observations.RowColumns(next);
            ReadOnlySpan<double> chances = observations.RowValues(next);
            budget.Spend(seen.Length);
            for (int k = 0; k < seen.Length; k++)
            {
                Entry entry = Latest(groups, next, seen[k], Latest(groups, Any, seen[k], any));
                total += probabilities[i] * chances[k] * entry.Reward;
            }
        }

        return total;
    }

    private static Entry Latest(Group?[] groups, int nextState, int observation, Entry best)
    {
        foreach (Group? group in groups)
        {
            if (group is not null && group.Entries.TryGetValue((nextState, observation), out Entry entry) && entry.Order > best.Order)
            {
                best = entry;
            }
        }

        return best;
    }

    private readonly record struct Entry(int Order, double Reward);

    private sealed class Group
    {
        private int _specific = -2;
        private bool _namesObservation;

        public Dictionary<(int NextState, int Observation), Entry> Entries { get; } = [];

        /// <summary>Order of the last entry that names a next state or an observation; -1 when there is none.</summary>
        public int LatestSpecific()
        {
            Index();
            return _specific;
        }

        public bool NamesObservation()
        {
            Index();
            return _namesObservation;
        }

        private void Index()
        {
            if (_specific != -2)
            {
                return;
            }

            _specific = -1;
            foreach (((int nextState, int observation), Entry entry) in Entries)
            {
                _namesObservation |= observation != Any;
                if (nextState != Any || observation != Any)
                {
                    _specific = Math.Max(_specific, entry.Order);
                }
            }
        }
    }
}
