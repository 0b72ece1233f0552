using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace AutoMix;

/// <summary>The record's serialisation without reflection. Reading ignores case, so that any naming policy of a cache comes back.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    PropertyNameCaseInsensitive = true,
    NumberHandling = JsonNumberHandling.AllowReadingFromString,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RoutingRecord))]
internal sealed partial class RoutingRecordJson : JsonSerializerContext
{
    /// <summary>Whether two records hold the same values all the way down.</summary>
    public static bool SaysTheSame<T>(T one, T? other, JsonTypeInfo<T> type)
        where T : class =>
        ReferenceEquals(one, other)
        || (other is not null && JsonElement.DeepEquals(JsonSerializer.SerializeToElement(one, type), JsonSerializer.SerializeToElement(other, type)));
}
