namespace AutoMix.Pomdps;

/// <summary>
/// POMCP: plans online, at each decision, by Monte-Carlo tree search over histories, for models too large to be solved
/// beforehand (Silver and Veness 2010). The rollout policy acts on the sampled state as if it were seen.
/// </summary>
/// <remarks>The number of simulations decides the time of a decision. Not safe for use by two threads at once: it draws from its own random numbers.</remarks>
public sealed class PomcpPolicy : IPomdpPolicy
{
    private readonly Pomdp _model;
    private readonly double[][] _mdp;
    private readonly Random _random;
    private readonly int _depth;
    private readonly double _exploration;

    /// <summary>Prepares the planner.</summary>
    /// <param name="model">The problem.</param>
    /// <param name="simulations">Simulations of a decision.</param>
    /// <param name="seed">Seed of the random numbers.</param>
    /// <exception cref="PomdpException">The model has a finite horizon or, undiscounted, never ends.</exception>
    public PomcpPolicy(Pomdp model, int simulations = 2000, int seed = 1)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(simulations);
        FiniteHorizon.Refuse(model, "pomcp");
        _model = model;
        Simulations = simulations;
        _random = new Random(seed);
        double span = MdpBounds.Extreme(model, largest: true) - MdpBounds.Extreme(model, largest: false);
        _mdp = MdpBounds.SolveMdp(model, 1e-3 * Math.Max(span, 1e-9));
        _exploration = Math.Max(span, 1e-9);
        _depth = model.Discount < 1 ? (int)Math.Min(200, Math.Ceiling(Math.Log(0.01) / Math.Log(model.Discount))) : 200;
    }

    /// <summary>Simulations of a decision.</summary>
    public int Simulations { get; }

    /// <inheritdoc/>
    public int Action(ReadOnlySpan<double> belief)
    {
        Node root = Plan(belief);
        int best = 0;
        for (int a = 1; a < root.Visits.Length; a++)
        {
            best = root.Visits[a] > 0 && (root.Visits[best] == 0 || root.Values[a] > root.Values[best]) ? a : best;
        }

        return best;
    }

    /// <inheritdoc/>
    public double Value(ReadOnlySpan<double> belief)
    {
        Node root = Plan(belief);
        return Enumerable.Range(0, root.Visits.Length).Where(a => root.Visits[a] > 0).Max(a => root.Values[a]);
    }

    private Node Plan(ReadOnlySpan<double> belief)
    {
        if (belief.Length != _model.StateCount)
        {
            throw new ArgumentException($"The belief has {belief.Length} states, the model {_model.StateCount}.", nameof(belief));
        }

        Node root = new(_model.ActionCount);
        for (int i = 0; i < Simulations; i++)
        {
            Simulate(PomdpSimulator.Sample(belief, _random), root, 0);
        }

        return root;
    }

    private double Simulate(int state, Node node, int depth)
    {
        if (depth >= _depth)
        {
            return 0;
        }

        int action = Choose(node);
        int next = PomdpSimulator.SampleRow(_model.Transitions(action), state, _random);
        int seen = PomdpSimulator.SampleRow(_model.ObservationModel(action), next, _random);
        double after;
        if (node.Children.TryGetValue((action, seen), out Node? child))
        {
            after = Simulate(next, child, depth + 1);
        }
        else
        {
            node.Children.Add((action, seen), new Node(_model.ActionCount));
            after = Rollout(next, depth + 1);
        }

        double total = _model.Rewards(action)[state] + (_model.Discount * after);
        node.Total++;
        node.Visits[action]++;
        node.Values[action] += (total - node.Values[action]) / node.Visits[action];
        return total;
    }

    private int Choose(Node node)
    {
        int best = 0;
        double bestScore = double.NegativeInfinity;
        for (int a = 0; a < node.Visits.Length; a++)
        {
            if (node.Visits[a] == 0)
            {
                return a;
            }

            double score = node.Values[a] + (_exploration * Math.Sqrt(Math.Log(node.Total + 1) / node.Visits[a]));
            if (score > bestScore)
            {
                bestScore = score;
                best = a;
            }
        }

        return best;
    }

    private double Rollout(int state, int depth)
    {
        double total = 0, weight = 1;
        for (; depth < _depth; depth++)
        {
            int action = Greedy(state);
            total += weight * _model.Rewards(action)[state];
            weight *= _model.Discount;
            state = PomdpSimulator.SampleRow(_model.Transitions(action), state, _random);
        }

        return total;
    }

    private int Greedy(int state)
    {
        int best = 0;
        for (int a = 1; a < _mdp.Length; a++)
        {
            best = _mdp[a][state] > _mdp[best][state] ? a : best;
        }

        return best;
    }

    private sealed class Node(int actions)
    {
        public int Total { get; set; }

        public int[] Visits { get; } = new int[actions];

        public double[] Values { get; } = new double[actions];

        public Dictionary<(int Action, int Observation), Node> Children { get; } = [];
    }
}
