namespace AutoMix;

/// <summary>Runs several verifiers, the free ones first, and makes one verdict of theirs.</summary>
internal sealed class CompositeVerifier : IVerifier
{
    private readonly IVerifier[] _verifiers;
    private readonly int[] _order;
    private readonly Func<Verdict, bool> _isEnough;
    private readonly Func<Verdict[], Verdict> _combine;
    private readonly bool _keepsEdges;

    /// <param name="name">Its name.</param>
    /// <param name="verifiers">At least one.</param>
    /// <param name="isEnough">Whether a verdict settles it, so that the rest need not be paid for.</param>
    /// <param name="combine">Verdicts in the order of the verifiers; those that did not run are unknown.</param>
    /// <param name="settings">The numbers that <paramref name="combine"/> goes by.</param>
    /// <param name="keepsEdges">Whether confidences that stay between the policy's edges leave the combined one between them.</param>
    public CompositeVerifier(string name, IVerifier[] verifiers, Func<Verdict, bool> isEnough, Func<Verdict[], Verdict> combine, string settings = "", bool keepsEdges = false)
    {
        if (verifiers.Length == 0 || Array.Exists(verifiers, v => v is null))
        {
            throw new ArgumentException("A composite needs at least one verifier, and none that is null.", nameof(verifiers));
        }

        Name = name;
        _verifiers = verifiers;
        _order = [.. Enumerable.Range(0, verifiers.Length).OrderBy(i => verifiers[i].IsFree ? 0 : 1)];
        IsFree = Array.TrueForAll(verifiers, v => v.IsFree);
        _isEnough = isEnough;
        _combine = combine;
        _keepsEdges = keepsEdges;
        Fingerprint = $"{name}:{settings}:{string.Join('|', verifiers.Select(v => v.Fingerprint))}";
        AskedModels = [.. verifiers.SelectMany(v => v.AskedModels)];
    }

    public string Name { get; }

    public bool IsFree { get; }

    public string Fingerprint { get; }

    public IReadOnlyList<string> AskedModels { get; }

    public async ValueTask<Verdict> VerifyAsync(VerificationContext context, CancellationToken cancellationToken)
    {
        var verdicts = new Verdict[_verifiers.Length];
        Array.Fill(verdicts, Verdict.Unknown("not needed"));
        VerificationContext inside = _keepsEdges || context.ConfidenceEdges is null ? context : context.WithEdges(null);
        foreach (int i in _order)
        {
            verdicts[i] = await RunAsync(_verifiers[i], inside, cancellationToken).ConfigureAwait(false);
            if (_isEnough(verdicts[i]))
            {
                // A rejection, or what the combination can be told from already.
                return verdicts[i].Reason is null || verdicts[i].Kind != VerdictKind.Rejected
                    ? verdicts[i]
                    : Verdict.Reject($"{_verifiers[i].Name}: {verdicts[i].Reason}");
            }
        }

        return _combine(verdicts);
    }

    // One verifier that fails has said nothing; the others may still have.
    private static async ValueTask<Verdict> RunAsync(IVerifier verifier, VerificationContext context, CancellationToken cancellationToken)
    {
        try
        {
            return await verifier.VerifyAsync(context, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            return Verdict.Unknown($"{verifier.Name} failed with {e.GetType().Name}");
        }
    }
}
