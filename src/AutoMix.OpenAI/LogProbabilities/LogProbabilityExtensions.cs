using AutoMix.LogProbabilities;
using Microsoft.Extensions.AI;

namespace AutoMix;

/// <summary>Asking for log-probabilities and reading them.</summary>
public static class LogProbabilityExtensions
{
    /// <summary>Where a <see cref="LogProbabilityChatClient"/> keeps them, in the additional properties of a response, as JSON.</summary>
    public const string PropertyName = "automix.log-probabilities";

    /// <summary>Asks the official OpenAI SDK's client for the log-probabilities of every answer.</summary>
    /// <param name="builder">The pipeline whose inner client comes from the official SDK.</param>
    /// <param name="alternatives">How many of the likeliest tokens to ask for at each place.</param>
    /// <returns>The same builder.</returns>
    public static ChatClientBuilder UseLogProbabilities(this ChatClientBuilder builder, int alternatives = 1) =>
        builder.UseLogProbabilities(OpenAILogProbabilityProtocol.Instance, alternatives);

    /// <summary>Asks a client for the log-probabilities of every answer.</summary>
    /// <param name="builder">The pipeline.</param>
    /// <param name="protocol">How the SDK of the inner client is asked.</param>
    /// <param name="alternatives">How many of the likeliest tokens to ask for at each place.</param>
    /// <returns>The same builder.</returns>
    public static ChatClientBuilder UseLogProbabilities(this ChatClientBuilder builder, ILogProbabilityProtocol protocol, int alternatives = 1)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(protocol);
        return builder.Use(inner => new LogProbabilityChatClient(inner, protocol, alternatives));
    }

    /// <summary>The log-probabilities that came with a response of the official OpenAI SDK or of a <see cref="LogProbabilityChatClient"/>.</summary>
    /// <param name="response">The response.</param>
    /// <returns>The tokens in order; empty where none came.</returns>
    public static IReadOnlyList<TokenLogProbability> GetLogProbabilities(this ChatResponse response) =>
        response.GetLogProbabilities(OpenAILogProbabilityProtocol.Instance);

    /// <summary>The log-probabilities that came with a response.</summary>
    /// <param name="response">The response.</param>
    /// <param name="protocol">How the SDK's own object is read where no <see cref="LogProbabilityChatClient"/> kept them.</param>
    /// <returns>The tokens in order; empty where none came.</returns>
    public static IReadOnlyList<TokenLogProbability> GetLogProbabilities(this ChatResponse response, ILogProbabilityProtocol protocol)
    {
        ArgumentNullException.ThrowIfNull(response);
        ArgumentNullException.ThrowIfNull(protocol);
        return response.AdditionalProperties?.TryGetValue(PropertyName, out object? kept) == true
            ? LogProbabilityJson.Read(kept)
            : protocol.Read(response.RawRepresentation);
    }
}
