namespace AutoMix;

/// <summary>A check without a call: it rejects an answer, or lets it pass.</summary>
internal sealed class RuleVerifier(string name, string settings, Func<VerificationContext, Verdict> check) : IVerifier
{
    public string Name => name;

    public bool IsFree => true;

    public string Fingerprint => $"{name}:{settings}";

    public ValueTask<Verdict> VerifyAsync(VerificationContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        return new(check(context));
    }
}
