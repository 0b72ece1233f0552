using System.Text.Json;
using System.Text.Json.Serialization;
using AutoMix.LogProbabilities;

namespace AutoMix.Tool.Providers;

/// <summary>The form in which log-probabilities are kept with a response.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(IReadOnlyList<TokenLogProbability>))]
internal sealed partial class LogProbabilityTextJson : JsonSerializerContext;
