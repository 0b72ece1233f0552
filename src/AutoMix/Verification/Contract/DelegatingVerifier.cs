namespace AutoMix;

/// <summary>Passes every call to another verifier. A decorator derives from it and overrides the members that it changes.</summary>
/// <remarks>
/// The inner verifier's <see cref="IVerifier.Fingerprint"/> is passed on as it is. A decorator that changes verdicts must override it.
/// The decorator does not dispose the inner verifier.
/// </remarks>
public abstract class DelegatingVerifier : IVerifier
{
    /// <summary>Creates a decorator of a verifier.</summary>
    /// <param name="innerVerifier">The verifier that receives the calls.</param>
    /// <exception cref="ArgumentNullException"><paramref name="innerVerifier"/> is null.</exception>
    protected DelegatingVerifier(IVerifier innerVerifier)
    {
        ArgumentNullException.ThrowIfNull(innerVerifier);
        InnerVerifier = innerVerifier;
    }

    /// <summary>The verifier that receives the calls.</summary>
    protected IVerifier InnerVerifier { get; }

    /// <inheritdoc/>
    public virtual string Name => InnerVerifier.Name;

    /// <inheritdoc/>
    public virtual bool IsFree => InnerVerifier.IsFree;

    /// <inheritdoc/>
    public virtual string Fingerprint => InnerVerifier.Fingerprint;

    /// <inheritdoc/>
    public virtual IReadOnlyList<string> AskedModels => InnerVerifier.AskedModels;

    /// <inheritdoc/>
    public virtual ValueTask<Verdict> VerifyAsync(VerificationContext context, CancellationToken cancellationToken = default) =>
        InnerVerifier.VerifyAsync(context, cancellationToken);
}
