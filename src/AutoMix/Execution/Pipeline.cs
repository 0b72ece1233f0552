using Microsoft.Extensions.AI;

namespace AutoMix;

/// <summary>The parts that all requests share. It does not change after construction, apart from counts inside its parts.</summary>
internal sealed class Pipeline
{
    private MadeFingerprint? _fingerprint;

    public required ChatModel[] Models { get; init; }

    public required ModelProfile[] Profiles { get; init; }

    public required IVerifier[] FreeVerifiers { get; init; }

    public required IVerifier[] PaidVerifiers { get; init; }

    public required IRoutingPolicy Policy { get; init; }

    public required ExecutionOptions Options { get; init; }

    public required TimeProvider Time { get; init; }

    public required RequestTelemetry Telemetry { get; init; }

    /// <summary>Computes the fingerprint of all parts from the policy's.</summary>
    public required Func<string, string> FingerprintOf { get; init; }

    /// <summary>The fingerprint of the pipeline as it is now; made again only after that of the policy has changed.</summary>
    public string Fingerprint
    {
        get
        {
            string ofPolicy = Policy.Fingerprint;
            if (_fingerprint is not { } made || !string.Equals(made.OfPolicy, ofPolicy, StringComparison.Ordinal))
            {
                _fingerprint = made = new(ofPolicy, FingerprintOf(ofPolicy));
            }

            return made.Text;
        }
    }

    /// <summary>The cap on a request's dollars; null if there is none, or if it is only the default and a price is unknown.</summary>
    public required decimal? CostCap { get; init; }

    /// <summary>The deadline in ticks of <see cref="Time"/>; the largest number if there is none.</summary>
    public required long DeadlineTicks { get; init; }

    public IBudgetLedger? Ledger { get; init; }

    public Func<ChatOptions?, string?>? TenantOf { get; init; }

    public Func<Exception, FailureKind?>? ClassifyFailure { get; init; }

    public Func<CallFailure, FailureReaction?>? ReactToFailure { get; init; }

    public IServiceProvider? Services { get; init; }

    /// <summary>The application's embedding generator, resolved when a policy first needs it.</summary>
    public required Lazy<IEmbeddingGenerator<string, Embedding<float>>?> Embeddings { get; init; }

    /// <summary>Verifiers and a policy that were made for this pipeline alone.</summary>
    public IDisposable[] OwnedParts { get; init; } = [];

    /// <summary>The outcomes of verified answers; null if nobody keeps them.</summary>
    public VerifierOutcomes? Outcomes { get; init; }

    public required VerifierWorth VerifierWorth { get; init; }

    public required ModelAffinity Affinity { get; init; }

    /// <summary>The circuits of other processes; null if they are not shared.</summary>
    public SharedCircuits? SharedCircuits { get; init; }

    public required ToolRules ToolRules { get; init; }

    private sealed record MadeFingerprint(string OfPolicy, string Text);
}
