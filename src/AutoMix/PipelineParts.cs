using AutoMix.Policies;
using AutoMix.Stores;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;

namespace AutoMix;

/// <summary>The parts that an <see cref="AutoMixBuilder"/> has collected. A null part takes its default when the pipeline is built.</summary>
internal sealed class PipelineParts
{
    public required AutoMixOptions Options { get; init; }

    public IServiceProvider? Services { get; init; }

    public string? OptionsName { get; init; }

    public PipelineMemory Memory { get; set; } = new();

    public List<ModelPart> Models { get; } = [];

    public List<Func<IServiceProvider?, List<IDisposable>, IVerifier>> Verifiers { get; } = [];

    public Func<IServiceProvider?, List<IDisposable>, IRoutingPolicy>? Policy { get; set; }

    public ICascadePolicy? Cascade { get; set; }

    public Goal? Goal { get; set; }

    public VerifierOutcomes? Outcomes { get; set; }

    public LearningStores? Stores { get; set; }

    public ICircuitStore? Circuits { get; set; }

    public RolloutControl? Rollout { get; set; }

    public IBudgetLedger? Ledger { get; set; }

    public Func<IReadOnlyList<BudgetLimit>, IBudgetLedger>? LedgerOf { get; set; }

    public Func<ChatOptions?, string?>? TenantOf { get; set; }

    public Func<Exception, FailureKind?>? ClassifyFailure { get; set; }

    public Func<CallFailure, FailureReaction?>? ReactToFailure { get; set; }

    public Func<string, int>? CountTokens { get; set; }

    public TimeProvider? Time { get; set; }

    public ILoggerFactory? Loggers { get; set; }
}

/// <summary>A model as it was added.</summary>
/// <param name="Profile">The declared name, price and abilities.</param>
/// <param name="Client">Returns the client when the pipeline is built.</param>
/// <param name="Owned">Whether the pipeline disposes the client.</param>
/// <param name="Made">Whether <paramref name="Client"/> creates the client.</param>
internal sealed record ModelPart(ModelProfile Profile, Func<IServiceProvider?, IChatClient> Client, bool Owned, bool Made = false);
