using System.Text.Json.Serialization;
using AutoMix.Statistics;

namespace AutoMix;

/// <summary>A plan as it stands in a JSON file.</summary>
internal sealed record PlanDocument
{
    /// <summary>The version that this library writes and reads.</summary>
    public const int CurrentVersion = 1;

    public required int SchemaVersion { get; init; }

    public required CascadeSolver Solver { get; init; }

    public required CascadeObjective Objective { get; init; }

    public required ModelEntry[] Models { get; init; }

    public required double TrainingQueries { get; init; }

    public required CascadeFitOptions Options { get; init; }

    public required double[] TraitWeights { get; init; }

    public required double[] Correctness { get; init; }

    public double[]? Blend { get; init; }

    public required double[] AgreementOdds { get; init; }

    public required double[] AgreementGrowth { get; init; }

    /// <summary>P(cell | correctness, node), as packed doubles.</summary>
    public required byte[] Confidence { get; init; }

    /// <summary>Bin of each confidence cell, packed.</summary>
    public required byte[] ConfidenceBins { get; init; }

    /// <summary>One action per history, packed; absent where the solver is greedy.</summary>
    public byte[]? Actions { get; init; }

    /// <summary>Indices of the models that the actions are about; absent where they are about all.</summary>
    public int[]? Members { get; init; }

    public OperatingPoint[]? Curve { get; init; }

    public OperatingPoint[]? Singles { get; init; }

    internal sealed record ModelEntry
    {
        public required string Name { get; init; }

        public required CascadeCost AnswerCost { get; init; }

        public required CascadeCost VerifyCost { get; init; }

        public required VerificationKind Verification { get; init; }

        /// <summary>What the kind of verification was decided by.</summary>
        public SignalTrust? Trust { get; init; }
    }
}

/// <summary>Source-generated serialisation, so that plans load without reflection.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    WriteIndented = true)]
[JsonSerializable(typeof(PlanDocument))]
internal sealed partial class PlanJsonContext : JsonSerializerContext;
