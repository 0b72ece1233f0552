namespace AutoMix.Policies;

/// <summary>
/// The POMDP of the AutoMix paper for N models: hidden states are which models answer well, as seen in training;
/// observations are verifications, whose likelihood is a kernel density estimate per state; models are called in order and
/// each answer but a final one is verified. A table of actions by what has been observed.
/// </summary>
/// <param name="Models">The names of all models.</param>
/// <param name="Edges">The inner edges of each model's bins of confidence.</param>
/// <param name="Actions">One action per history: called and verified, or called finally if the code is that of a verification, or accepted.</param>
internal sealed record KdePomdpPolicy(IReadOnlyList<string> Models, double[][] Edges, byte[] Actions) : FittedPolicy("pomdp-kde", Models)
{
    private int[] _place = [];

    public override PolicyNeeds Needs => PolicyNeeds.Confidences;

    /// <summary>The number that each model's digit counts in a history's number; last, how many histories there are.</summary>
    public static int[] Places(double[][] edges)
    {
        int[] places = new int[edges.Length + 1];
        places[0] = 1;
        for (int m = 0; m < edges.Length; m++)
        {
            // Not called, one of the bins, or verified without a usable result.
            places[m + 1] = checked(places[m] * (edges[m].Length + 3));
        }

        return places;
    }

    protected override void Prepare()
    {
        Expect(Edges.Length == ModelCount, "edges");
        _place = Places(Edges);
        Expect(Actions.Length == _place[^1] && Actions.All(code => code == ActionCode.Abstain || ActionCode.Model(code) < ModelCount), "actions");
    }

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
            if (Actions[before] == ActionCode.Verify(latest))
            {
                return CascadeAction.Accept(latest);
            }

            if (history.CanVerify(latest))
            {
                return CascadeAction.Verify(latest);
            }

            number += _place[latest] * Digit(history, latest);
        }

        byte code = Actions[number];
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
        return double.IsNaN(confidence) ? Edges[model].Length + 2 : 1 + PairPolicy.Bin(Edges[model], confidence);
    }
}
