namespace AutoMix;

/// <summary>Says how likely an answer is to be acceptable.</summary>
/// <remarks>
/// Used concurrently by many requests. A verifier that throws has said nothing: its verdict is unknown, with the exception's
/// type as the reason, and its message too if <see cref="ExecutionOptions.EnableSensitiveData"/> is set.
/// </remarks>
public interface IVerifier
{
    /// <summary>The verifier's name in records and telemetry.</summary>
    string Name => GetType().Name;

    /// <summary>
    /// Whether it costs nothing because it makes no call. A free verifier runs on every answer before the next decision; any
    /// other runs when the policy asks for it.
    /// </summary>
    bool IsFree { get; }

    /// <summary>
    /// Changes whenever it would judge differently; part of the key under which a cache above may store answers. A verifier with
    /// settings must override it and put them in.
    /// </summary>
    string Fingerprint => Name;

    /// <summary>The names of the models that the verifier asks, except the answer's author. A pipeline that lacks one of them is not built.</summary>
    IReadOnlyList<string> AskedModels => [];

    /// <summary>Verifies one answer.</summary>
    /// <param name="context">The request and the answer. Model calls go through <see cref="VerificationContext.AskAsync"/>.</param>
    /// <param name="cancellationToken">Fires when the caller cancels, and when a limit of the request is reached.</param>
    /// <returns>A confidence in [0, 1], unknown with a reason, or a rejection.</returns>
    ValueTask<Verdict> VerifyAsync(VerificationContext context, CancellationToken cancellationToken = default);
}
