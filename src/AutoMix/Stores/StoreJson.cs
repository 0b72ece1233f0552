using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace AutoMix.Stores;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(SumTable))]
[JsonSerializable(typeof(FilePlanStore.Document), TypeInfoPropertyName = "PlanDocument")]
[JsonSerializable(typeof(FileLeaseStore.Document), TypeInfoPropertyName = "LeaseDocument")]
internal sealed partial class StoreJson : JsonSerializerContext
{
    /// <summary>Reads the content of a file; null if there is none.</summary>
    public static T? Read<T>(StateFile file, byte[]? content, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return content is null ? null : JsonSerializer.Deserialize(content, type);
        }
        catch (JsonException e)
        {
            throw new StoreCorruptedException(file.Path, e);
        }
    }
}
