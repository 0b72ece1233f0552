using System.Text.Json.Serialization;

namespace AutoMix.Tool.Serve;

/// <summary>The snapshot as the page reads it.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(DashboardSnapshot))]
internal sealed partial class DashboardJson : JsonSerializerContext;
