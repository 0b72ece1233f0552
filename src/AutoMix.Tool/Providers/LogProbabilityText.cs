using System.Text.Json;
using AutoMix.LogProbabilities;

namespace AutoMix.Tool.Providers;

/// <summary>Log-probabilities as a chat completion holds them, at the precision in which they were sent.</summary>
internal static class LogProbabilityText
{
    /// <summary>The tokens as <see cref="LogProbabilityExtensions.GetLogProbabilities"/> reads them; null where the response holds none.</summary>
    public static JsonElement? Read(BinaryData completion)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(completion);
            return document.RootElement.TryGetProperty("choices", out JsonElement choices) && choices is { ValueKind: JsonValueKind.Array } && choices.GetArrayLength() > 0
                && choices[0].TryGetProperty("logprobs", out JsonElement logprobs) && logprobs.ValueKind == JsonValueKind.Object
                && logprobs.TryGetProperty("content", out JsonElement content) && content.ValueKind == JsonValueKind.Array
                ? JsonSerializer.SerializeToElement([.. content.EnumerateArray().Select(Token)], LogProbabilityTextJson.Default.IReadOnlyListTokenLogProbability)
                : null;
        }
        catch (JsonException)
        {
            // Not for this reader to complain about: the SDK has read the same text.
            return null;
        }
    }

    private static TokenLogProbability Token(JsonElement token) => new(
        Text(token),
        Number(token),
        token.TryGetProperty("top_logprobs", out JsonElement top) && top.ValueKind == JsonValueKind.Array
            ? [.. top.EnumerateArray().Select(other => new TokenAlternative(Text(other), Number(other)))]
            : []);

    private static string Text(JsonElement token) => token.TryGetProperty("token", out JsonElement text) ? text.GetString() ?? "" : "";

    // A missing number is no certainty.
    private static double Number(JsonElement token) =>
        token.TryGetProperty("logprob", out JsonElement number) && number.ValueKind == JsonValueKind.Number ? number.GetDouble() : double.NaN;
}
