namespace AutoMix.Policies;

/// <summary>
/// The POMDP of the AutoMix paper for N models: hidden states are which models answer well, as seen in training;
/// observations are verifications, whose likelihood is a kernel density estimate per state; models are called in order and
/// each answer but a final one is verified. A table of actions by what has been observed.
/// </summary>
internal sealed class KdePomdpPolicy : FittedPolicy
{
    private readonly double[][] _edges;
    private readonly byte[] _actions;
    private readonly int[] _place;

    /// <param name="models">Names of all models.</param>
    /// <param name="edges">Inner edges of each model's bins of confidence.</param>
    /// <param name="actions">One action per history: called and verified, or called finally where the code is that of a verification, or accepted.</param>
    public KdePomdpPolicy(IReadOnlyList<string> models, double[][] edges, byte[] actions)
        : base("pomdp-kde", models)
    {
        Expect(edges.Length == models.Count, "edges");
        _edges = edges;
        _actions = actions;
        _place = Places(edges);
        Expect(actions.Length == _place[^1] && actions.All(code => code == ActionCode.Abstain || ActionCode.Model(code) < models.Count), "actions");
    }

    public override PolicyNeeds Needs => PolicyNeeds.Confidences;

    /// <summary>The number that each model's digit counts in a history's number; last, how many histories there are.</summary>
    public static int[] Places(double[][] edges)
    {
        int[] places = new int[edges.Length + 1];
        places[0] = 1;
        for (int m = 0; m < edges.Length; m++)
        {
            // Not called, one of the bins, or verified with nothing usable.
            places[m + 1] = checked(places[m] * (edges[m].Length + 3));
        }

        return places;
    }

    public override PolicyDocument ToDocument() => new KdePomdpDocument { Name = Name, Models = [.. Models], Edges = _edges, Actions = _actions };

    protected override CascadeAction Choose(CascadeHistory history)
    {
        int latest = Dearest(history);
        int before = 0;
        for (int m = 0; m < latest; m++)
        {
            if (history.CanVerify(m))
            {
                return CascadeAction.Verify(m);
            }

            before += history.IsCalled(m) ? _place[m] * Digit(history, m) : 0;
        }

        int number = before;
        if (latest >= 0)
        {
            if (_actions[before] == ActionCode.Verify(latest))
            {
                return CascadeAction.Accept(latest);
            }

            if (history.CanVerify(latest))
            {
                return CascadeAction.Verify(latest);
            }

            number += _place[latest] * Digit(history, latest);
        }

        byte code = _actions[number];
        int model = ActionCode.Model(code);
        return ActionCode.Kind(code) switch
        {
            CascadeActionKind.Call => CascadeAction.Call(model),
            CascadeActionKind.Verify => CascadeAction.Call(model, final: true),
            _ => CascadeAction.Accept(model),
        };
    }

    private int Digit(CascadeHistory history, int model)
    {
        double confidence = history.Confidence(model);
        return double.IsNaN(confidence) ? _edges[model].Length + 2 : 1 + PairPolicy.Bin(_edges[model], confidence);
    }

    internal sealed record KdePomdpDocument : PolicyDocument
    {
        public required double[][] Edges { get; init; }

        public required byte[] Actions { get; init; }

        public override ICascadePolicy ToPolicy() => new KdePomdpPolicy(Models, Edges, Actions);
    }
}
