using System.Text.Json.Serialization;

namespace AutoMix;

/// <summary>The record's serialisation without reflection. Reading ignores case, so that any naming policy of a cache comes back.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    PropertyNameCaseInsensitive = true,
    NumberHandling = JsonNumberHandling.AllowReadingFromString,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RoutingRecord))]
internal sealed partial class RoutingRecordJson : JsonSerializerContext;
