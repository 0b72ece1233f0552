using System.Text.Json.Serialization;

namespace AutoMix.Statistics;

/// <summary>A calibration as it stands in JSON.</summary>
internal sealed record CalibrationDocument(CalibrationKind Kind, double[]? X, double[]? Y);

/// <summary>Source-generated serialisation, without reflection.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(CalibrationDocument))]
internal sealed partial class CalibrationJsonContext : JsonSerializerContext;
