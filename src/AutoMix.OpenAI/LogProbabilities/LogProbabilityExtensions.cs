using AutoMix.LogProbabilities;
using Microsoft.Extensions.AI;

namespace AutoMix;

/// <summary>Asking for log-probabilities and reading them.</summary>
public static class LogProbabilityExtensions
{
    /// <summary>Where a <see cref="LogProbabilityChatClient"/> keeps them, in the additional properties of a response, as JSON.</summary>
    public const string PropertyName = "automix.log-probabilities";

    /// <summary>Asks the inner client for the log-probabilities of every answer.</summary>
    /// <param name="builder">The pipeline.</param>
    /// <param name="alternatives">How many of the likeliest tokens to ask for at each place.</param>
    /// <param name="protocol">How the SDK of the inner client is asked; the official OpenAI SDK where null.</param>
    /// <returns>The same builder.</returns>
    public static ChatClientBuilder UseLogProbabilities(this ChatClientBuilder builder, int alternatives = 1, ILogProbabilityProtocol? protocol = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.Use(inner => new LogProbabilityChatClient(inner, protocol ?? OpenAILogProbabilityProtocol.Instance, alternatives));
    }

    /// <summary>The log-probabilities that came with a response.</summary>
    /// <param name="response">The response.</param>
    /// <param name="protocol">
    /// How the SDK's own object is read where no <see cref="LogProbabilityChatClient"/> kept them; the official OpenAI SDK where null.
    /// </param>
    /// <returns>The tokens in order; empty where none came.</returns>
    public static IReadOnlyList<TokenLogProbability> GetLogProbabilities(this ChatResponse response, ILogProbabilityProtocol? protocol = null)
    {
        ArgumentNullException.ThrowIfNull(response);
        return response.AdditionalProperties?.TryGetValue(PropertyName, out object? kept) == true
            ? LogProbabilityJson.Read(kept)
            : (protocol ?? OpenAILogProbabilityProtocol.Instance).Read(response.RawRepresentation);
    }
}
