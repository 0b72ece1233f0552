using AutoMix.LogProbabilities;

namespace AutoMix;

/// <summary>
/// Reads an answer's own token probabilities as a confidence: a free observation, where the answering client asks for them
/// (<see cref="LogProbabilityExtensions.UseLogProbabilities"/>).
/// </summary>
/// <remarks>Where the answer came without log-probabilities the verdict is unknown.</remarks>
public sealed class AnswerProbabilityVerifier : IVerifier
{
    private readonly TokenAggregation _aggregation;
    private readonly ILogProbabilityProtocol _protocol;

    /// <summary>A verifier.</summary>
    /// <param name="aggregation">How several tokens become one confidence.</param>
    /// <param name="protocol">How the SDK's response is read; the official OpenAI SDK's where null.</param>
    public AnswerProbabilityVerifier(TokenAggregation aggregation = TokenAggregation.FirstToken, ILogProbabilityProtocol? protocol = null)
    {
        if (!Enum.IsDefined(aggregation))
        {
            throw new ArgumentOutOfRangeException(nameof(aggregation), aggregation, "There is no such way to aggregate.");
        }

        _aggregation = aggregation;
        _protocol = protocol ?? OpenAILogProbabilityProtocol.Instance;
    }

    /// <inheritdoc/>
    public string Name => "answer-probability";

    /// <inheritdoc/>
    public bool IsFree => true;

    /// <inheritdoc/>
    public string Fingerprint => $"{Name}:{_aggregation};{_protocol}";

    /// <inheritdoc/>
    public ValueTask<Verdict> VerifyAsync(VerificationContext context, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(context);
        return new(Judge(context.Answer.GetLogProbabilities(_protocol)));
    }

    private Verdict Judge(IReadOnlyList<TokenLogProbability> tokens)
    {
        if (tokens.Count == 0)
        {
            return Verdict.Unknown("The answer came without log-probabilities.");
        }

        int used = _aggregation == TokenAggregation.FirstToken ? 1 : tokens.Count;
        double sum = 0, sumOfLogs = 0, least = 1;
        for (int i = 0; i < used; i++)
        {
            if (Evidence.Probability(tokens[i].LogProbability) is not double probability)
            {
                return Verdict.Unknown($"Token {i + 1} of the answer came without a usable log-probability.");
            }

            sum += probability;
            sumOfLogs += tokens[i].LogProbability;
            least = Math.Min(least, probability);
        }

        return _aggregation switch
        {
            TokenAggregation.LengthNormalized => Evidence.Confidence(Math.Exp(sumOfLogs / used)),
            TokenAggregation.Mean => Evidence.Confidence(sum / used),
            _ => least,
        };
    }
}
