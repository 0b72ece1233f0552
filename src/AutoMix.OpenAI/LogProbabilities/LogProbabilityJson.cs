using System.Text.Json;
using System.Text.Json.Serialization;

namespace AutoMix.LogProbabilities;

/// <summary>Log-probabilities as plain JSON: a value that every serialiser of responses can carry, reflection or not.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(IReadOnlyList<TokenLogProbability>))]
internal sealed partial class LogProbabilityJson : JsonSerializerContext
{
    public static JsonElement Write(IReadOnlyList<TokenLogProbability> tokens) =>
        JsonSerializer.SerializeToElement(tokens, Default.IReadOnlyListTokenLogProbability);

    public static IReadOnlyList<TokenLogProbability> Read(object? value)
    {
        try
        {
            return value is JsonElement element ? element.Deserialize(Default.IReadOnlyListTokenLogProbability) ?? [] : [];
        }
        catch (JsonException)
        {
            // Something else under the same name: no evidence.
            return [];
        }
    }
}
