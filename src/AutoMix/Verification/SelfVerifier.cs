using Microsoft.Extensions.AI;

namespace AutoMix;

/// <summary>Asks a model several times whether an answer is correct and counts the votes.</summary>
internal sealed class SelfVerifier : IVerifier
{
    private readonly SelfVerificationOptions _options;

    public SelfVerifier(SelfVerificationOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Samples, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.BatchSize, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxOutputTokens, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(options.MaxContextCharacters);
        _options = options;
    }

    public string Name => "self-verification";

    public bool IsFree => false;

    public async ValueTask<Verdict> VerifyAsync(VerificationContext context, CancellationToken cancellationToken)
    {
        if (VerificationPrompt.WhatCannotBeShown(context) is { } part)
        {
            return Verdict.Unknown($"a verification in text cannot show {part}");
        }

        List<ChatMessage> prompt = VerificationPrompt.Build(context, _options.MaxContextCharacters);
        int correct = 0;
        int valid = 0;
        int asked = 0;
        string? problem = null;
        while (asked < _options.Samples && !IsDecided(correct, valid, _options.Samples - asked, context.AcceptThreshold))
        {
            var batch = new ChatOptions[Math.Min(_options.BatchSize, _options.Samples - asked)];
            for (int i = 0; i < batch.Length; i++)
            {
                batch[i] = Vote(asked + i);
            }

            foreach (VerificationReply reply in await context.AskAllAsync(prompt, batch, _options.Model, cancellationToken).ConfigureAwait(false))
            {
                bool? vote = reply.Response is { } response ? VerificationPrompt.ReadDecision(response.Text) : null;
                valid += vote is null ? 0 : 1;
                correct += vote is true ? 1 : 0;
                problem ??= reply.Failure;
            }

            asked += batch.Length;

            // Where nothing at all came back, more of the same would only cost time.
            if (valid == 0 && problem is not null)
            {
                break;
            }
        }

        return valid > 0
            ? Verdict.OfConfidence((double)correct / valid, $"{correct} of {valid} valid votes, {asked} asked")
            : Verdict.Unknown(problem ?? $"none of {asked} votes could be read");
    }

    // The share can end anywhere between all of the rest against and all of the rest for.
    private static bool IsDecided(int correct, int valid, int left, double? threshold) =>
        threshold is { } t && valid > 0 && ((double)correct / (valid + left) >= t || (double)(correct + left) / (valid + left) < t);

    private ChatOptions Vote(int sample) => new()
    {
        Temperature = _options.Temperature,
        Seed = _options.Seed + sample,
        MaxOutputTokens = _options.MaxOutputTokens,
        StopSequences = _options.UseStopSequence ? [VerificationPrompt.StopSequence] : null,
    };
}
