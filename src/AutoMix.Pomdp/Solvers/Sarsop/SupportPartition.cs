namespace AutoMix.Pomdps;

/// <summary>
/// Mixed observability found by itself: the finest division of the reachable states into classes such that, whatever
/// class the belief was in, an action and an observation leave all of its weight in one class again.
/// </summary>
/// <remarks>
/// In Tag the classes are the robot's positions, in RockSample too: every belief but perhaps the first lives in a class of
/// some thirty states instead of hundreds. Where observations tell too little the one class is the whole reachable set.
/// </remarks>
internal sealed class SupportPartition
{
    private const int MaxPasses = 64;

    private SupportPartition(int[] classOf, int[] localOf, int[][] classes, int root)
    {
        ClassOf = classOf;
        LocalOf = localOf;
        Classes = classes;
        Root = root;
    }

    /// <summary>Class of each state; -1 when it cannot be reached after a step.</summary>
    public int[] ClassOf { get; }

    /// <summary>Position of each state in its class.</summary>
    public int[] LocalOf { get; }

    /// <summary>States of each class, ascending.</summary>
    public int[][] Classes { get; }

    /// <summary>The class that holds the start belief: one of the others, or the last, which is only ever left.</summary>
    public int Root { get; }

    public static SupportPartition Find(Pomdp model)
    {
        int states = model.StateCount;
        int[] parent = new int[states];
        bool[] reached = new bool[states];
        for (int s = 0; s < states; s++)
        {
            parent[s] = s;
        }

        List<int> start = [];
        for (int s = 0; s < states; s++)
        {
            if (model.Start[s] > 0)
            {
                start.Add(s);
            }
        }

        int[] firstOf = new int[model.ObservationCount];
        MergeSuccessors(model, start, parent, reached, firstOf);
        int[][] classes = [];
        for (int pass = 0; ; pass++)
        {
            classes = Group(parent, reached);
            bool changed = false;
            foreach (int[] members in classes)
            {
                changed |= MergeSuccessors(model, members, parent, reached, firstOf);
            }

            if (!changed)
            {
                break;
            }

            if (pass == MaxPasses)
            {
                MergeAll(model, parent, reached);
                classes = Group(parent, reached);
                break;
            }
        }

        return Number(states, classes, start);
    }

    private static SupportPartition Number(int states, int[][] classes, List<int> start)
    {
        int[] classOf = new int[states], localOf = new int[states];
        Array.Fill(classOf, -1);
        for (int c = 0; c < classes.Length; c++)
        {
            for (int i = 0; i < classes[c].Length; i++)
            {
                classOf[classes[c][i]] = c;
                localOf[classes[c][i]] = i;
            }
        }

        int root = classOf[start[0]];
        if (root < 0 || start.Exists(s => classOf[s] != root))
        {
            root = classes.Length;
            classes = [.. classes, [.. start]];
        }

        return new SupportPartition(classOf, localOf, classes, root);
    }

    // Everything that one action and observation can leave possible belongs together.
    private static bool MergeSuccessors(Pomdp model, IReadOnlyList<int> members, int[] parent, bool[] reached, int[] firstOf)
    {
        bool changed = false;
        for (int action = 0; action < model.ActionCount; action++)
        {
            Array.Fill(firstOf, -1);
            foreach (int state in members)
            {
                foreach (int next in model.Transitions(action).RowColumns(state))
                {
                    changed |= !reached[next];
                    reached[next] = true;
                    foreach (int seen in model.ObservationModel(action).RowColumns(next))
                    {
                        if (firstOf[seen] < 0)
                        {
                            firstOf[seen] = next;
                        }
                        else
                        {
                            changed |= Union(parent, firstOf[seen], next);
                        }
                    }
                }
            }
        }

        return changed;
    }

    private static void MergeAll(Pomdp model, int[] parent, bool[] reached)
    {
        for (bool changed = true; changed;)
        {
            changed = false;
            for (int s = 0; s < reached.Length; s++)
            {
                for (int action = 0; reached[s] && action < model.ActionCount; action++)
                {
                    foreach (int next in model.Transitions(action).RowColumns(s))
                    {
                        changed |= !reached[next];
                        reached[next] = true;
                    }
                }
            }
        }

        int first = Array.IndexOf(reached, true);
        for (int s = 0; s < reached.Length; s++)
        {
            if (reached[s])
            {
                Union(parent, first, s);
            }
        }
    }

    private static int[][] Group(int[] parent, bool[] reached)
    {
        Dictionary<int, List<int>> groups = [];
        for (int s = 0; s < parent.Length; s++)
        {
            if (reached[s])
            {
                int root = Find(parent, s);
                if (!groups.TryGetValue(root, out List<int>? members))
                {
                    groups.Add(root, members = []);
                }

                members.Add(s);
            }
        }

        return [.. groups.Values.Select(m => m.ToArray())];
    }

    private static bool Union(int[] parent, int a, int b)
    {
        a = Find(parent, a);
        b = Find(parent, b);
        if (a == b)
        {
            return false;
        }

        parent[Math.Max(a, b)] = Math.Min(a, b);
        return true;
    }

    private static int Find(int[] parent, int s)
    {
        while (parent[s] != s)
        {
            s = parent[s] = parent[parent[s]];
        }

        return s;
    }
}
