using Microsoft.Extensions.AI;

namespace AutoMix.LogProbabilities;

/// <summary>How one SDK is asked for log-probabilities and where its objects hold them. One implementation per SDK.</summary>
/// <remarks>Implementations are stateless and safe for concurrent use.</remarks>
public interface ILogProbabilityProtocol
{
    /// <summary>Makes a call with <paramref name="options"/> ask for log-probabilities.</summary>
    /// <param name="options">Options that belong to the call; a clone of the caller's, never the caller's own.</param>
    /// <param name="alternatives">How many of the likeliest tokens to ask for at each place.</param>
    void Request(ChatOptions options, int alternatives);

    /// <summary>Reads what one raw object brought: a whole response, or one update of a stream.</summary>
    /// <param name="rawRepresentation">The SDK's own object, from <c>RawRepresentation</c>.</param>
    /// <returns>The tokens in order; empty where the object is another SDK's or holds none.</returns>
    IReadOnlyList<TokenLogProbability> Read(object? rawRepresentation);
}
