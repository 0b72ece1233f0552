using System.Text.Json;

namespace AutoMix.Policies;

/// <summary>Policies as JSON files: any policy that a <see cref="PolicyFamily"/> trains can be saved and loaded.</summary>
public static class PolicyFile
{
    /// <summary>Writes a policy to a file, replacing it at once or not at all.</summary>
    /// <param name="policy">A policy of the <see cref="PolicyRegistry"/>.</param>
    /// <param name="path">Path of the file.</param>
    /// <exception cref="NotSupportedException">The policy is the user's own; the library does not know how to store it.</exception>
    public static void Save(ICascadePolicy policy, string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        string draft = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            using (FileStream stream = File.Create(draft))
            {
                Save(policy, stream);
            }

            File.Move(draft, path, overwrite: true);
        }
        finally
        {
            File.Delete(draft);
        }
    }

    /// <summary>Writes a policy to a stream, which stays open.</summary>
    /// <param name="policy">A policy of the <see cref="PolicyRegistry"/>.</param>
    /// <param name="stream">A writable stream.</param>
    /// <exception cref="NotSupportedException">The policy is the user's own; the library does not know how to store it.</exception>
    public static void Save(ICascadePolicy policy, Stream stream)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(stream);
        switch (policy)
        {
            case CascadePlan plan:
                plan.Save(stream);
                break;
            case ThresholdPolicy threshold:
                Save(new ThresholdDocument { Name = threshold.Name, Models = [.. threshold.Models], Thresholds = [.. threshold.Thresholds], Fitted = threshold.Fitted }, stream);
                break;
            case MixturePolicy mixture:
                Save(MixtureDocument.From(mixture), stream);
                break;
            case GuardedLearner guarded:
                // What was learned is kept; whom to trust is for each process to find out.
                Save(guarded.Learner, stream);
                break;
            case FittedPolicy fitted:
                Save(fitted.ToDocument(), stream);
                break;
            default:
                throw new NotSupportedException($"The policy '{policy.Name}' is a {policy.GetType().Name}, which the library does not know how to store. Store what it is made from.");
        }
    }

    /// <summary>Reads a policy from a file.</summary>
    /// <param name="path">Path of a file that <see cref="Save(ICascadePolicy, string)"/> or <see cref="CascadePlan.Save(string)"/> wrote.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="PlanFormatException">The file holds no policy, or one of another version.</exception>
    public static ICascadePolicy Load(string path)
    {
        using FileStream stream = Open(path);
        return Load(stream, path);
    }

    /// <summary>Reads a policy from a stream, which stays open.</summary>
    /// <param name="stream">A readable stream.</param>
    /// <param name="name">The name used in error messages.</param>
    /// <exception cref="PlanFormatException">The stream holds no policy, or one of another version.</exception>
    public static ICascadePolicy Load(Stream stream, string name = "policy stream")
    {
        using JsonDocument json = Parse(stream, name);
        return Read(json.RootElement, name);
    }

    internal static FileStream Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return File.Exists(path)
            ? File.OpenRead(path)
            : throw new FileNotFoundException(
                PolicyRegistry.WhyNotRun(path) ?? $"There is no policy file at '{path}'. Save one with 'automix train', PolicyFile.Save or CascadePlan.Save.", path);
    }

    internal static JsonDocument Parse(Stream stream, string name)
    {
        ArgumentNullException.ThrowIfNull(stream);
        try
        {
            return JsonDocument.Parse(stream);
        }
        catch (JsonException e)
        {
            throw NotUsable(name, e);
        }
    }

    /// <summary>A policy as part of another one's document.</summary>
    internal static JsonElement ToElement(ICascadePolicy policy)
    {
        using var stream = new MemoryStream();
        Save(policy, stream);
        using JsonDocument json = JsonDocument.Parse(stream.GetBuffer().AsMemory(0, (int)stream.Length));
        return json.RootElement.Clone();
    }

    /// <summary>A policy that is part of another one's document.</summary>
    internal static ICascadePolicy FromElement(JsonElement json) => Read(json, "policy");

    private static ICascadePolicy Read(JsonElement json, string name)
    {
        if (json.ValueKind != JsonValueKind.Object || !json.TryGetProperty("policy", out JsonElement kind))
        {
            return CascadePlan.Read(json, name);
        }

        if (kind.ValueKind == JsonValueKind.String && PolicyRegistry.WhyNotRun(kind.GetString()) is { } why)
        {
            throw new PlanFormatException(name, why);
        }

        if (!json.TryGetProperty("schemaVersion", out JsonElement version) || !version.TryGetInt32(out int number) || number != PolicyDocument.CurrentVersion)
        {
            throw new PlanFormatException(name, $"the policy has not the schema version {PolicyDocument.CurrentVersion} that this library reads. Update the library, or train the policy again.");
        }

        try
        {
            return json.Deserialize(PolicyJsonContext.Default.PolicyDocument)!.ToPolicy();
        }
        catch (Exception e) when (e is JsonException or ArgumentException or InvalidDataException or InvalidOperationException or NotSupportedException or OverflowException
            or NullReferenceException or InvalidCastException or (FormatException and not PlanFormatException))
        {
            throw NotUsable(name, e);
        }
    }

    private static PlanFormatException NotUsable(string name, Exception cause) =>
        new(name, $"not a usable policy ({cause.Message}) Train a policy and save it again.", cause);

    private static void Save(PolicyDocument document, Stream stream) =>
        JsonSerializer.Serialize(stream, document, PolicyJsonContext.Default.PolicyDocument);
}
