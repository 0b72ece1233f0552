using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace AutoMix.Pomdps;

/// <summary>The beliefs reachable from the start with bounds on the value of each: what SARSOP samples, backs up and prunes.</summary>
internal sealed class BeliefSearch
{
    // Weights below this are rounding; leaving them out keeps beliefs sparse and moves no bound by more than a 1e-12th of the rewards.
    private const double Negligible = 1e-12;

    private readonly Pomdp _model;
    private readonly SupportClass[] _classes;
    private readonly Dictionary<ulong, BeliefNode> _nodes = [];
    private readonly List<BeliefNode> _backedUp = [];
    private readonly double _discount;
    private readonly int _actions;
    private double[] _next = [];
    private int[] _childStates = [];
    private double[] _childWeights = [];
    private double _lastUpper;
    private int _lastAction;

    public BeliefSearch(Pomdp model, SupportPartition partition, double[][] informed, List<(int Action, double[] Values)> blind)
    {
        _model = model;
        _discount = model.Discount;
        _actions = model.ActionCount;
        _classes = [.. Enumerable.Range(0, partition.Classes.Length).Select(c => new SupportClass(model, partition, c, informed))];
        foreach (SupportClass c in _classes)
        {
            foreach ((int action, double[] values) in blind)
            {
                c.Alphas.Add(new Alpha(action, [.. c.States.Select(s => values[s])], follow: null));
            }
        }

        SupportClass home = _classes[partition.Root];
        int[] states = [.. Enumerable.Range(0, home.Size).Where(s => model.Start[home.States[s]] > 0)];
        Root = Intern(home, states, [.. states.Select(s => model.Start[home.States[s]])]);
    }

    public BeliefNode Root { get; }

    public IReadOnlyList<SupportClass> Classes => _classes;

    public int NodeCount => _nodes.Count;

    public int AlphaCount => _classes.Sum(c => c.Alphas.Count);

    public int PointCount => _classes.Sum(c => c.Points.Count);

    /// <summary>Numbers held by the beliefs: the measure of the memory they take.</summary>
    public long WeightCount { get; private set; }

    /// <summary>Brings both bounds of a belief up to what is known by now.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Refresh(BeliefNode node)
    {
        node.Class.Alphas.Raise(node);
        node.Class.Points.Lower(node);
    }

    /// <summary>
    /// Tightens the upper bound by looking one step ahead and returns the action that attains it. Only actions that could be
    /// the best are looked at: an action's old bound stays valid.
    /// </summary>
    public int BackUpUpper(BeliefNode node)
    {
        node.Class.Points.Lower(node);
        ulong fresh = 0;
        bool[]? freshMany = _actions > 64 ? new bool[_actions] : null;
        while (true)
        {
            int best = -1;
            double bestValue = double.NegativeInfinity;
            for (int a = 0; a < _actions; a++)
            {
                double value = node.Branches[a]?.Upper ?? node.Informed[a];
                if (value > bestValue)
                {
                    bestValue = value;
                    best = a;
                }
            }

            if (freshMany is null ? (fresh & (1UL << best)) != 0 : freshMany[best])
            {
                if (bestValue < node.Upper - 1e-10)
                {
                    node.Upper = bestValue;
                }

                return best;
            }

            if (freshMany is null)
            {
                fresh |= 1UL << best;
            }
            else
            {
                freshMany[best] = true;
            }

            BeliefBranch branch = node.Branches[best] ?? Expand(node, best);
            double sum = 0;
            for (int i = 0; i < branch.Children.Length; i++)
            {
                BeliefNode child = branch.Children[i];
                child.Class.Points.Lower(child);
                sum += branch.Chances[i] * child.Upper;
            }

            branch.Upper = Math.Min(branch.Upper, branch.Reward + (_discount * sum));
        }
    }

    /// <summary>Shares the node's upper bound with the beliefs around it, when it has become tighter by more than <paramref name="least"/>.</summary>
    public static void ShareUpper(BeliefNode node, double known, double least)
    {
        if (node.Upper < known - least)
        {
            node.Class.Points.Add(node);
        }
    }

    /// <summary>A point-based backup: adds an alpha vector when it beats the bound at this belief by more than <paramref name="least"/>.</summary>
    public bool BackUpLower(BeliefNode node, double least)
    {
        node.Class.Alphas.Raise(node);
        if (!node.IsBackedUp)
        {
            node.IsBackedUp = true;
            _backedUp.Add(node);
        }

        int best = -1;
        double bestValue = double.NegativeInfinity;
        for (int turn = 0; turn < _actions; turn++)
        {
            int a = NextByUpper(node, turn == 0 ? double.PositiveInfinity : _lastUpper, turn == 0 ? -1 : _lastAction);
            if (a < 0 || _lastUpper <= bestValue || _lastUpper < node.Lower)
            {
                break;
            }

            BeliefBranch branch = node.Branches[a] ?? Expand(node, a);
            double sum = 0;
            for (int i = 0; i < branch.Children.Length; i++)
            {
                BeliefNode child = branch.Children[i];
                child.Class.Alphas.Raise(child);
                sum += branch.Chances[i] * child.Lower;
            }

            double value = branch.Reward + (_discount * sum);
            if (value > bestValue)
            {
                bestValue = value;
                best = a;
            }
        }

        if (best < 0 || bestValue <= node.Lower + least)
        {
            return false;
        }

        Alpha alpha = MakeAlpha(node, best);
        node.Class.Alphas.Add(alpha);
        node.Class.Alphas.Raise(node);
        return true;
    }

    /// <summary>Keeps the vectors that are the best at some belief that has been backed up.</summary>
    public void PruneAlphas()
    {
        foreach (SupportClass c in _classes)
        {
            foreach (Alpha alpha in c.Alphas.Alphas)
            {
                alpha.IsUsed = false;
            }
        }

        foreach (BeliefNode node in _backedUp)
        {
            node.Class.Alphas.Raise(node);
            node.Best!.IsUsed = true;
        }

        foreach (SupportClass c in _classes)
        {
            c.Alphas.Prune();
        }
    }

    /// <summary>Drops the points whose belief has a lower upper bound by now.</summary>
    public void PrunePoints()
    {
        foreach (BeliefNode node in _backedUp)
        {
            node.Class.Points.Lower(node);
        }

        foreach (SupportClass c in _classes)
        {
            c.Points.Prune();
        }
    }

    // The actions by falling upper bound, without sorting: after (upper, action) comes the next.
    private int NextByUpper(BeliefNode node, double after, int afterAction)
    {
        int best = -1;
        double bestUpper = double.NegativeInfinity;
        for (int a = 0; a < _actions; a++)
        {
            double upper = node.Branches[a]?.Upper ?? node.Informed[a];
            if (double.IsPositiveInfinity(upper))
            {
                upper = node.Informed[a];
            }

            bool isAfter = upper < after || (upper == after && a > afterAction);
            if (isAfter && upper > bestUpper)
            {
                bestUpper = upper;
                best = a;
            }
        }

        _lastUpper = bestUpper;
        _lastAction = best;
        return best;
    }

    private Alpha MakeAlpha(BeliefNode node, int action)
    {
        SupportClass home = node.Class;
        ClassStep step = home.Step(action);
        BeliefBranch branch = node.Branches[action]!;
        Span<double> next = Scratch(step.NextCount);
        Alpha[] plan = new Alpha[step.Outcomes.Length];
        int met = 0;
        for (int i = 0; i < step.Outcomes.Length; i++)
        {
            ClassStep.Outcome outcome = step.Outcomes[i];
            Alpha follow;
            if (met < branch.Outcomes.Length && branch.Outcomes[met] == i)
            {
                follow = branch.Children[met++].Best!;
            }
            else
            {
                follow = _classes[outcome.Class].Alphas.Default;
            }

            plan[i] = follow;
            double[] values = follow.Values;
            int[] nexts = outcome.Next, locals = outcome.Local;
            double[] chances = outcome.Chance;
            for (int k = 0; k < nexts.Length; k++)
            {
                next[nexts[k]] += chances[k] * values[locals[k]];
            }
        }

        double[] alpha = new double[home.Size];
        int[] rows = step.RowStarts, columns = step.Next;
        double[] probabilities = step.Chance, rewards = step.Rewards;
        for (int s = 0; s < alpha.Length; s++)
        {
            double sum = 0;
            for (int k = rows[s]; k < rows[s + 1]; k++)
            {
                sum += probabilities[k] * next[columns[k]];
            }

            alpha[s] = rewards[s] + (_discount * sum);
        }

        return new Alpha(action, alpha, plan);
    }

    public BeliefBranch Expand(BeliefNode node, int action)
    {
        SupportClass home = node.Class;
        ClassStep step = home.Step(action);
        Span<double> next = Scratch(step.NextCount);
        double reward = 0;
        for (int i = 0; i < node.States.Length; i++)
        {
            int s = node.States[i];
            double w = node.Weights[i];
            reward += w * step.Rewards[s];
            for (int k = step.RowStarts[s]; k < step.RowStarts[s + 1]; k++)
            {
                next[step.Next[k]] += w * step.Chance[k];
            }
        }

        int count = 0;
        int[] outcomes = new int[step.Outcomes.Length];
        double[] chances = new double[step.Outcomes.Length];
        BeliefNode[] children = new BeliefNode[step.Outcomes.Length];
        for (int i = 0; i < step.Outcomes.Length; i++)
        {
            ClassStep.Outcome outcome = step.Outcomes[i];
            if (_childStates.Length < outcome.Next.Length)
            {
                _childStates = new int[outcome.Next.Length];
                _childWeights = new double[outcome.Next.Length];
            }

            int used = 0;
            double chance = 0;
            for (int k = 0; k < outcome.Next.Length; k++)
            {
                double w = next[outcome.Next[k]] * outcome.Chance[k];
                if (w > 0)
                {
                    _childStates[used] = outcome.Local[k];
                    _childWeights[used++] = w;
                    chance += w;
                }
            }

            if (chance <= Negligible)
            {
                continue;
            }

            double scale = 1 / chance;
            int kept = 0;
            double left = 0;
            for (int k = 0; k < used; k++)
            {
                double w = _childWeights[k] * scale;
                if (w > Negligible)
                {
                    _childStates[kept] = _childStates[k];
                    _childWeights[kept++] = w;
                }
                else
                {
                    left += w;
                }
            }

            if (left > 0)
            {
                for (int k = 0; k < kept; k++)
                {
                    _childWeights[k] /= 1 - left;
                }
            }

            outcomes[count] = i;
            chances[count] = chance;
            children[count++] = Intern(_classes[outcome.Class], _childStates.AsSpan(0, kept), _childWeights.AsSpan(0, kept));
        }

        if (count < outcomes.Length)
        {
            Array.Resize(ref outcomes, count);
            Array.Resize(ref chances, count);
            Array.Resize(ref children, count);
        }

        BeliefBranch branch = new(reward, outcomes, chances, children) { Upper = node.Informed[action] };
        node.Branches[action] = branch;
        return branch;
    }

    // Different histories that lead to the same belief share one node.
    private BeliefNode Intern(SupportClass home, ReadOnlySpan<int> states, ReadOnlySpan<double> weights)
    {
        ulong hash = 14695981039346656037UL ^ (ulong)home.Index;
        for (int i = 0; i < states.Length; i++)
        {
            hash = (hash ^ (ulong)states[i]) * 0x9E3779B97F4A7C15UL;
            hash = (hash ^ (ulong)(long)((weights[i] * 1e9) + 0.5)) * 0xD6E8FEB86659FD93UL;
            hash ^= hash >> 29;
        }

        if (_nodes.TryGetValue(hash, out BeliefNode? known) && known.IsSame(home, states, weights))
        {
            return known;
        }

        BeliefNode node = new(home, states.ToArray(), weights.ToArray(), PointSet.Signature(home.Size, states), _actions);
        WeightCount += states.Length + 24 + _actions;
        ref double informed = ref MemoryMarshal.GetArrayDataReference(node.Informed);
        ref double table = ref MemoryMarshal.GetArrayDataReference(home.Informed);
        nuint width = (nuint)home.ActionWidth;
        for (nuint a = 0; a < width; a += 8)
        {
            Vector512<double> sum = Vector512<double>.Zero;
            for (int i = 0; i < node.States.Length; i++)
            {
                sum = Vector512.MultiplyAddEstimate(Vector512.Create(node.Weights[i]), Vector512.LoadUnsafe(ref table, ((nuint)node.States[i] * width) + a), sum);
            }

            sum.StoreUnsafe(ref informed, a);
        }

        double upper = double.NegativeInfinity;
        for (int a = 0; a < _actions; a++)
        {
            upper = Math.Max(upper, node.Informed[a]);
        }

        node.Upper = upper;
        Refresh(node);
        _nodes[hash] = node;
        return node;
    }

    private Span<double> Scratch(int length)
    {
        if (_next.Length < length)
        {
            _next = new double[length];
        }

        Span<double> scratch = _next.AsSpan(0, length);
        scratch.Clear();
        return scratch;
    }
}
