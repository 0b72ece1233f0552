namespace AutoMix.Policies;

/// <summary>
/// Two policies and a coin: a mixture reaches every point between two operating points. The coin is a function of the seed
/// and of the request's key, so that the same request is decided alike offline, live, streaming and concurrently.
/// </summary>
/// <param name="First">The policy for the requests whose coin falls above the share.</param>
/// <param name="Second">The policy for the others; for the same models.</param>
/// <param name="Share">The share of requests that the second policy decides, in [0, 1].</param>
/// <param name="Seed">The seed of the coin.</param>
internal sealed record MixturePolicy(ICascadePolicy First, ICascadePolicy Second, double Share, ulong Seed) : FittedPolicy("default", First.Models)
{
    public override PolicyNeeds Needs => First.Needs | Second.Needs;

    public override bool IsCalibrated => First.IsCalibrated && Second.IsCalibrated;

    /// <inheritdoc/>
    /// <remarks>The first policy's kind; the second's if the first reads no confidence.</remarks>
    public override VerificationKind? Verification(int model)
    {
        VerificationKind? first = First.Verification(model);
        return first is null or VerificationKind.None ? Second.Verification(model) : first;
    }

    public override IReadOnlyList<double>? ConfidenceEdges(CascadeHistory history, int model) => Chosen(history.RequestKey).ConfidenceEdges(history, model);

    /// <summary>Tosses the coin of a request and returns the policy that decides it.</summary>
    public ICascadePolicy Chosen(ulong requestKey) => RequestKeys.Uniform(Seed, requestKey) < Share ? Second : First;

    /// <inheritdoc/>
    /// <remarks>The belief of the policy that decides the request; the other policy's if that one has none.</remarks>
    public override bool TryGetBelief(CascadeHistory history, Span<double> correctness)
    {
        ICascadePolicy chosen = Chosen(history.RequestKey);
        return chosen.TryGetBelief(history, correctness) || (ReferenceEquals(chosen, First) ? Second : First).TryGetBelief(history, correctness);
    }

    protected override void Prepare()
    {
        ModelList.CheckSame(First.Models, Second.Models, "the first policy", "the second policy");
        if (!(Share >= 0 && Share <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(Share), Share, "A share is a number in [0, 1].");
        }
    }

    protected override CascadeAction Choose(CascadeHistory history) => Chosen(history.RequestKey).Decide(history);
}
