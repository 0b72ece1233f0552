using System.Text.Json.Serialization;

namespace AutoMix;

/// <summary>Serialises records without reflection. Reading ignores case, so that a cache may use any naming policy.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    PropertyNameCaseInsensitive = true,
    NumberHandling = JsonNumberHandling.AllowReadingFromString,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RoutingRecord))]
internal sealed partial class RoutingRecordJson : JsonSerializerContext;
