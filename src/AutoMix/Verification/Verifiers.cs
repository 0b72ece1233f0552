namespace AutoMix;

/// <summary>The verifiers that come with the pipeline.</summary>
public static partial class Verifiers
{
    /// <summary>
    /// Creates a verifier by few-shot self-verification (Aggarwal, Madaan et al., "AutoMix: Automatically Mixing Language Models", NeurIPS 2024): the
    /// model that answered is shown context, question and answer after four worked demonstrations and votes several times; the
    /// confidence is the share of valid votes for Correct, and unknown if none is valid.
    /// </summary>
    /// <param name="samples">The number of votes.</param>
    /// <param name="configure">Changes further settings.</param>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of range.</exception>
    public static IVerifier SelfVerification(int samples = 8, Action<SelfVerificationOptions>? configure = null)
    {
        var options = new SelfVerificationOptions { Samples = samples };
        configure?.Invoke(options);
        return new SelfVerifier(options);
    }

    /// <summary>Creates a verifier from a delegate. Put a version into its name so that a cache above notices a change.</summary>
    /// <param name="verify">Returns a confidence, unknown, or a rejection. A number outside [0, 1] is unknown.</param>
    /// <param name="name">Its name in records and telemetry.</param>
    /// <param name="isFree">Whether it makes no call, so that it runs on every answer.</param>
    public static IVerifier FromDelegate(
        Func<VerificationContext, CancellationToken, ValueTask<Verdict>> verify,
        string name = "delegate",
        bool isFree = true)
    {
        ArgumentNullException.ThrowIfNull(verify);
        ArgumentException.ThrowIfNullOrEmpty(name);
        return new DelegateVerifier(verify, name, isFree);
    }

    private sealed class DelegateVerifier(
        Func<VerificationContext, CancellationToken, ValueTask<Verdict>> verify,
        string name,
        bool isFree) : IVerifier
    {
        public string Name => name;

        public bool IsFree => isFree;

        public ValueTask<Verdict> VerifyAsync(VerificationContext context, CancellationToken cancellationToken) => verify(context, cancellationToken);
    }
}
