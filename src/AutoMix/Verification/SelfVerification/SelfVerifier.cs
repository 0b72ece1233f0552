using Microsoft.Extensions.AI;

namespace AutoMix;

/// <summary>Asks a model several times whether an answer is correct and counts the votes.</summary>
internal sealed class SelfVerifier : IVerifier
{
    private readonly SelfVerificationOptions _options;
    private readonly FrameDefences _defences;
    private readonly Func<string?, VerificationWording, bool?> _read;

    /// <param name="options">Checked here.</param>
    /// <param name="defences">The defences of the prompt. Only tests leave one out, to show its purpose.</param>
    /// <param name="read">Reads a vote; the usual reader if null. Only tests pass another one.</param>
    public SelfVerifier(SelfVerificationOptions options, FrameDefences defences = FrameDefences.All, Func<string?, VerificationWording, bool?>? read = null)
    {
        options.Check();
        _options = options;
        _defences = defences;
        _read = read ?? VerdictReader.Read;
    }

    public string Name => "self-verification";

    public bool IsFree => false;

    public string Fingerprint => FormattableString.Invariant(
        $"{Name}:{_options.Samples};{_options.BatchSize};{_options.StopRisk};{_options.Temperature};{_options.Seed};{_options.UseStopSequence};{_options.MaxOutputTokens};{_options.Model};{_options.MaxContextCharacters};{_options.TemplateFor is null};{_options.Template.Fingerprint}");

    public IReadOnlyList<string> AskedModels => _options.Model is { } model ? [model] : [];

    public async ValueTask<Verdict> VerifyAsync(VerificationContext context, CancellationToken cancellationToken)
    {
        if (VerificationFrame.WhatCannotBeShown(context) is { } part)
        {
            return Verdict.Unknown($"a verification in text cannot show {part}");
        }

        VerificationTemplate template = _options.TemplateFor?.Invoke(context) ?? _options.Template;
        IReadOnlyList<ChatMessage> prompt = VerificationFrame.Build(context, template, _options.MaxContextCharacters, _defences);
        int batchSize = _options.BatchSize ?? (_options.Samples + 3) / 4;
        int correct = 0;
        int valid = 0;
        int asked = 0;
        string? problem = null;
        while (asked < _options.Samples && !context.IsDecided(correct, valid, _options.Samples - asked, _options.StopRisk))
        {
            var batch = new ChatOptions[Math.Min(batchSize, _options.Samples - asked)];
            for (int i = 0; i < batch.Length; i++)
            {
                batch[i] = Vote(template, asked + i);
            }

            foreach (VerificationReply reply in await context.AskAllAsync(prompt, batch, _options.Model, cancellationToken).ConfigureAwait(false))
            {
                bool? vote = reply.Response is { } response ? _read(response.Text, template.Wording) : null;
                valid += vote is null ? 0 : 1;
                correct += vote is true ? 1 : 0;
                problem ??= reply.Failure;
            }

            asked += batch.Length;

            // If no vote of the batch came back, further batches would only cost time.
            if (valid == 0 && problem is not null)
            {
                break;
            }
        }

        return valid > 0
            ? Verdict.OfConfidence((double)correct / valid, $"{correct} of {valid} valid votes, {asked} asked")
            : Verdict.Unknown(problem ?? $"none of {asked} votes could be read");
    }

    private ChatOptions Vote(VerificationTemplate template, int sample) => new()
    {
        Temperature = _options.Temperature,
        Seed = _options.Seed + sample,
        MaxOutputTokens = _options.MaxOutputTokens,
        StopSequences = _options.UseStopSequence ? [VerificationFrame.StopSequence(template)] : null,
    };
}
