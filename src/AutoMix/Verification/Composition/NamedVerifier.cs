namespace AutoMix;

/// <summary>Another verifier under a name of the user's.</summary>
internal sealed class NamedVerifier(IVerifier inner, string name) : IVerifier
{
    public string Name => name;

    public bool IsFree => inner.IsFree;

    public string Fingerprint => inner.Fingerprint;

    public IReadOnlyList<string> AskedModels => inner.AskedModels;

    public ValueTask<Verdict> VerifyAsync(VerificationContext context, CancellationToken cancellationToken) => inner.VerifyAsync(context, cancellationToken);
}
