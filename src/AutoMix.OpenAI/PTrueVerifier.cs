using System.Globalization;
using AutoMix.LogProbabilities;
using Microsoft.Extensions.AI;

namespace AutoMix;

/// <summary>
/// P(True): asks a model for a verdict of one token and reads that token's probability. One call, and evidence much finer
/// than a few votes (Kadavath et al., "Language Models (Mostly) Know What They Know", 2022).
/// </summary>
/// <remarks>
/// The confidence is p(affirmative) / (p(affirmative) + p(negative)), each summed over the alternatives at the first token.
/// Where only one of the two is among them it is p(affirmative), or 1 - p(negative). Without log-probabilities, or where
/// neither kind is seen, the verdict is unknown: the verdict's text alone is no evidence here.
/// </remarks>
public sealed class PTrueVerifier : IVerifier
{
    private readonly PTrueOptions _options;
    private readonly ILogProbabilityProtocol _protocol;

    /// <summary>A verifier.</summary>
    /// <param name="configure">Changes the defaults.</param>
    /// <param name="protocol">How the SDK is asked and read; the official OpenAI SDK where null.</param>
    /// <exception cref="ArgumentException">An option is unusable; the message names it.</exception>
    public PTrueVerifier(Action<PTrueOptions>? configure = null, ILogProbabilityProtocol? protocol = null)
    {
        _options = new PTrueOptions();
        configure?.Invoke(_options);
        _protocol = protocol ?? OpenAILogProbabilityProtocol.Instance;
        ArgumentNullException.ThrowIfNull(_options.Template);
        if (_options.Alternatives < 1)
        {
            throw new ArgumentException($"{nameof(PTrueOptions.Alternatives)} is {_options.Alternatives}; at least 1 is needed to tell certainty from a missing number.", nameof(configure));
        }
    }

    /// <inheritdoc/>
    public string Name => "p-true";

    /// <inheritdoc/>
    public bool IsFree => false;

    /// <inheritdoc/>
    public string Fingerprint => FormattableString.Invariant($"{Name}:{_options.Alternatives};{_options.Model};{_protocol};{_options.Template.Fingerprint}");

    /// <inheritdoc/>
    public IReadOnlyList<string> AskedModels => _options.Model is { } model ? [model] : [];

    /// <inheritdoc/>
    public async ValueTask<Verdict> VerifyAsync(VerificationContext context, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (VerificationFrame.WhatCannotBeShown(context) is { } part)
        {
            return Verdict.Unknown($"a verification in text cannot show {part}");
        }

        var options = new ChatOptions { Temperature = 0, MaxOutputTokens = 1 };
        _protocol.Request(options, _options.Alternatives);
        ChatResponse reply = await context.AskAsync(VerificationFrame.Build(context, _options.Template), options, _options.Model, cancellationToken).ConfigureAwait(false);
        return Judge(reply.GetLogProbabilities(_protocol));
    }

    private Verdict Judge(IReadOnlyList<TokenLogProbability> tokens)
    {
        // A verdict may begin with a token of white space.
        TokenLogProbability? first = tokens.FirstOrDefault(token => !string.IsNullOrWhiteSpace(token.Token));
        if (first is null)
        {
            return Verdict.Unknown("The verdict came without log-probabilities.");
        }

        IEnumerable<TokenAlternative> alternatives = first.Alternatives.Any(other => other.Token == first.Token)
            ? first.Alternatives
            : first.Alternatives.Prepend(new TokenAlternative(first.Token, first.LogProbability));
        double affirmative = 0, negative = 0;
        bool sawAffirmative = false, sawNegative = false;
        foreach (TokenAlternative token in alternatives)
        {
            if (Evidence.Probability(token.LogProbability) is not double probability)
            {
                continue;
            }

            switch (Begins(_options.Template.Wording.Affirmative, token.Token), Begins(_options.Template.Wording.Negative, token.Token))
            {
                case (true, false):
                    (affirmative, sawAffirmative) = (affirmative + probability, true);
                    break;
                case (false, true):
                    (negative, sawNegative) = (negative + probability, true);
                    break;
            }
        }

        return (sawAffirmative, sawNegative) switch
        {
            (true, true) when affirmative + negative > 0 => Evidence.Confidence(affirmative / (affirmative + negative)),
            (true, false) => Evidence.Confidence(affirmative),
            (false, true) => Evidence.Confidence(1 - negative),
            _ => Verdict.Unknown(string.Create(CultureInfo.InvariantCulture, $"The verdict '{first.Token}' and its {first.Alternatives.Count} alternatives say neither yes nor no.")),
        };
    }

    // A tokenizer may divide a word, so that the first token is only its beginning.
    private static bool Begins(IReadOnlyList<string> words, string token)
    {
        ReadOnlySpan<char> start = token.AsSpan().Trim();
        foreach (string word in words)
        {
            if (start.Length > 0 && word.AsSpan().StartsWith(start, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }
}
