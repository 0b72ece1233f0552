using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace AutoMix.Policies;

/// <summary>Saves and loads policies as JSON files: any policy that a <see cref="PolicyFamily"/> trains, and <see cref="ThresholdPolicy"/>.</summary>
/// <remarks>A file names the kind of policy and the version of its format; the rest are the policy's own parameters.</remarks>
public static class PolicyFile
{
    private const int Version = 2;

    private static readonly Dictionary<string, JsonTypeInfo> Kinds = new(StringComparer.Ordinal)
    {
        ["threshold"] = PolicyJson.Default.ThresholdPolicy,
        ["pair"] = PolicyJson.Default.PairPolicy,
        ["mixture"] = PolicyJson.Default.MixturePolicy,
        ["pomdp-context"] = PolicyJson.Default.ContextualPlan,
        ["pomdp-kde"] = PolicyJson.Default.KdePomdpPolicy,
        ["supermodel"] = PolicyJson.Default.SupermodelPolicy,
        ["ensemble"] = PolicyJson.Default.EnsemblePolicy,
        ["risk"] = PolicyJson.Default.RiskPolicy,
        ["margin"] = PolicyJson.Default.MarginPolicy,
        ["linear-bandit"] = PolicyJson.Default.LinearBanditPolicy,
        ["pickllm"] = PolicyJson.Default.PickLlmPolicy,
        ["c2mabv"] = PolicyJson.Default.CombinatorialBanditPolicy,
        ["expert-router"] = PolicyJson.Default.ExpertRouterPolicy,
        ["leaderboard"] = PolicyJson.Default.LeaderboardPolicy,
        ["edge-cloud"] = PolicyJson.Default.EdgeCloudPolicy,
    };

    /// <summary>Writes a policy to a file, replacing the file at once or not at all.</summary>
    /// <param name="policy">A policy of the <see cref="PolicyRegistry"/>.</param>
    /// <param name="path">The path of the file.</param>
    /// <exception cref="NotSupportedException">The policy is the user's own; the library does not know how to store it.</exception>
    public static void Save(ICascadePolicy policy, string path) => PlanFile.Save(path, stream => Save(policy, stream));

    /// <summary>Writes a policy to a stream, which stays open.</summary>
    /// <param name="policy">A policy of the <see cref="PolicyRegistry"/>.</param>
    /// <param name="stream">A writable stream.</param>
    /// <exception cref="NotSupportedException">The policy is the user's own; the library does not know how to store it.</exception>
    public static void Save(ICascadePolicy policy, Stream stream)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(stream);
        if (policy is CascadePlan plan)
        {
            plan.Save(stream);
            return;
        }

        using var writer = new Utf8JsonWriter(stream);
        Write(writer, policy);
    }

    /// <summary>Reads a policy from a file.</summary>
    /// <param name="path">The path of a file that <see cref="Save(ICascadePolicy, string)"/> or <see cref="CascadePlan.Save(string)"/> wrote.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="PlanFormatException">The file holds no policy, or one of another version.</exception>
    public static ICascadePolicy Load(string path)
    {
        using FileStream stream = PlanFile.Open(
            path, PolicyRegistry.WhyNotRun(path) ?? $"There is no policy file at '{path}'. Save one with 'automix train', PolicyFile.Save or CascadePlan.Save.");
        return Load(stream, path);
    }

    /// <summary>Reads a policy from a stream, which stays open.</summary>
    /// <param name="stream">A readable stream.</param>
    /// <param name="name">The name used in error messages.</param>
    /// <exception cref="PlanFormatException">The stream holds no policy, or one of another version.</exception>
    public static ICascadePolicy Load(Stream stream, string name = "policy stream")
    {
        using JsonDocument json = PlanFile.Parse(stream, "policy", name);
        return Read(json.RootElement, name);
    }

    internal static void Write(Utf8JsonWriter writer, ICascadePolicy policy)
    {
        if (policy is CascadePlan plan)
        {
            JsonSerializer.Serialize(writer, plan.ToDocument(), PlanJsonContext.Default.PlanDocument);
            return;
        }

        // The learned state is kept; each process finds out anew which sources to trust.
        policy = policy is GuardedLearner guarded ? guarded.Learner : policy;
        (string kind, JsonTypeInfo type) = Kinds.FirstOrDefault(entry => entry.Value.Type == policy.GetType());
        if (kind is null)
        {
            throw new NotSupportedException($"The policy '{policy.Name}' is a {policy.GetType().Name}, which the library does not know how to store. Store what it is made from.");
        }

        using JsonDocument parameters = JsonSerializer.SerializeToDocument(policy, type);
        writer.WriteStartObject();
        writer.WriteString("policy", kind);
        writer.WriteNumber("schemaVersion", Version);
        foreach (JsonProperty parameter in parameters.RootElement.EnumerateObject())
        {
            parameter.WriteTo(writer);
        }

        writer.WriteEndObject();
    }

    internal static ICascadePolicy Read(JsonElement json, string name)
    {
        if (json.ValueKind != JsonValueKind.Object || !json.TryGetProperty("policy", out JsonElement kind))
        {
            return CascadePlan.Read(json, name);
        }

        string key = kind.ToString();
        if (PolicyRegistry.WhyNotRun(key) is { } why)
        {
            throw new PlanFormatException(name, why);
        }

        PlanFile.CheckVersion(json, Version, "policy", name);
        try
        {
            return Kinds.TryGetValue(key, out JsonTypeInfo? type)
                ? (ICascadePolicy)json.Deserialize(type)!
                : throw new NotSupportedException($"There is no kind of policy '{key}'. There are: {string.Join(", ", Kinds.Keys)}.");
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            throw PlanFile.NotUsable("policy", name, e);
        }
    }
}

/// <summary>Source-generated serialisation, so that policies load without reflection.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    IgnoreReadOnlyProperties = true,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    Converters = [typeof(PolicyConverter<ICascadePolicy>), typeof(PolicyConverter<CascadePlan>)])]
[JsonSerializable(typeof(ThresholdPolicy))]
[JsonSerializable(typeof(PairPolicy))]
[JsonSerializable(typeof(MixturePolicy))]
[JsonSerializable(typeof(ContextualPlan))]
[JsonSerializable(typeof(KdePomdpPolicy))]
[JsonSerializable(typeof(SupermodelPolicy))]
[JsonSerializable(typeof(EnsemblePolicy))]
[JsonSerializable(typeof(RiskPolicy))]
[JsonSerializable(typeof(MarginPolicy))]
[JsonSerializable(typeof(LinearBanditPolicy))]
[JsonSerializable(typeof(PickLlmPolicy))]
[JsonSerializable(typeof(CombinatorialBanditPolicy))]
[JsonSerializable(typeof(ExpertRouterPolicy))]
[JsonSerializable(typeof(LeaderboardPolicy))]
[JsonSerializable(typeof(EdgeCloudPolicy))]
internal sealed partial class PolicyJson : JsonSerializerContext;

/// <summary>A policy that is a parameter of another one, in the form of a whole policy file.</summary>
internal sealed class PolicyConverter<T> : JsonConverter<T>
    where T : class, ICascadePolicy
{
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using JsonDocument json = JsonDocument.ParseValue(ref reader);
        return (T)PolicyFile.Read(json.RootElement, "policy");
    }

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => PolicyFile.Write(writer, value);
}
