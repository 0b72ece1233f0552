using System.Text.Json.Serialization;

namespace AutoMix.Policies;

/// <summary>A policy as it stands in a JSON file: its own numbers, nothing that can be computed from them.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "policy")]
[JsonDerivedType(typeof(ThresholdDocument), "threshold")]
[JsonDerivedType(typeof(ChainPolicy.ChainDocument), "chain")]
[JsonDerivedType(typeof(PairPolicy.PairDocument), "pair")]
[JsonDerivedType(typeof(MixtureDocument), "mixture")]
[JsonDerivedType(typeof(ContextualPlan.ContextualDocument), "pomdp-context")]
[JsonDerivedType(typeof(SupermodelPolicy.SupermodelDocument), "supermodel")]
[JsonDerivedType(typeof(EnsemblePolicy.EnsembleDocument), "ensemble")]
[JsonDerivedType(typeof(RiskPolicy.RiskDocument), "risk")]
[JsonDerivedType(typeof(MarginPolicy.MarginDocument), "margin")]
[JsonDerivedType(typeof(LinearBanditPolicy.LinearBanditDocument), "linear-bandit")]
[JsonDerivedType(typeof(PickLlmPolicy.PickLlmDocument), "pickllm")]
[JsonDerivedType(typeof(CombinatorialBanditPolicy.CombinatorialBanditDocument), "c2mabv")]
[JsonDerivedType(typeof(ExpertRouterPolicy.ExpertRouterDocument), "expert-router")]
[JsonDerivedType(typeof(LeaderboardPolicy.LeaderboardDocument), "leaderboard")]
[JsonDerivedType(typeof(EdgeCloudPolicy.EdgeCloudDocument), "edge-cloud")]
[JsonDerivedType(typeof(KdePomdpPolicy.KdePomdpDocument), "pomdp-kde")]
internal abstract record PolicyDocument
{
    /// <summary>The version that this library writes and reads.</summary>
    public const int CurrentVersion = 1;

    public int SchemaVersion { get; init; } = CurrentVersion;

    public required string Name { get; init; }

    public required string[] Models { get; init; }

    /// <summary>The policy; its constructor checks the numbers.</summary>
    public abstract ICascadePolicy ToPolicy();
}

/// <summary>Source-generated serialisation, so that policies load without reflection.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(PolicyDocument))]
internal sealed partial class PolicyJsonContext : JsonSerializerContext;
