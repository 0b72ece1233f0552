using Microsoft.Extensions.AI;

namespace AutoMix;

/// <summary>Asks the question again, of the same model or another, and looks whether the answers mean the same.</summary>
internal sealed class ConsistencyVerifier : IVerifier
{
    private readonly ConsistencyOptions _options;
    private readonly string? _model;

    public ConsistencyVerifier(string name, string? model, ConsistencyOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Samples, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.BatchSize ?? 1, 1);
        ArgumentNullException.ThrowIfNull(options.Equivalence);
        if (options.StopRisk is { } risk && !(risk >= 0 && risk < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(options), options.StopRisk, $"{nameof(ConsistencyOptions.StopRisk)} is a number in [0, 1).");
        }

        Name = name;
        _model = model;
        _options = options;
    }

    public string Name { get; }

    public bool IsFree => false;

    public string Fingerprint => FormattableString.Invariant(
        $"{Name}:{_model};{_options.Samples};{_options.BatchSize};{_options.StopRisk};{_options.Score};{_options.Temperature};{_options.Seed};{_options.Equivalence}");

    public IReadOnlyList<string> AskedModels => _model is null ? [] : [_model];

    public async ValueTask<Verdict> VerifyAsync(VerificationContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (AnswerChecks.IsBlank(context.Text))
        {
            return Verdict.Unknown("the answer has no text to compare");
        }

        if (context.Options?.ConversationId is { Length: > 0 })
        {
            return Verdict.Unknown("the question cannot be asked again without the conversation that a provider keeps");
        }

        var clusters = new List<Cluster> { new(context.Text) };
        int same = 0;
        int compared = 0;
        int asked = 0;
        int batchSize = _options.BatchSize ?? (_options.Samples + 3) / 4;
        string? problem = null;
        while (asked < _options.Samples && !IsDecided(same, compared, _options.Samples - asked, context))
        {
            var batch = new ChatOptions[Math.Min(batchSize, _options.Samples - asked)];
            for (int i = 0; i < batch.Length; i++)
            {
                batch[i] = Again(context.Options, asked + i);
            }

            asked += batch.Length;
            foreach (VerificationReply reply in await context.AskAllAsync(context.Messages, batch, _model, cancellationToken).ConfigureAwait(false))
            {
                problem ??= reply.Failure;
                if (reply.Response is not { } response || AnswerChecks.IsBlank(response.Text))
                {
                    continue;
                }

                if (await FindAsync(clusters, response.Text, context, cancellationToken).ConfigureAwait(false) is not { } cluster)
                {
                    problem ??= "two answers could not be compared";
                    continue;
                }

                clusters[cluster].Count++;
                compared++;
                same += cluster == 0 ? 1 : 0;
            }

            if (compared == 0 && problem is not null)
            {
                break;
            }
        }

        if (compared == 0)
        {
            return Verdict.Unknown(problem ?? "no further answer had text");
        }

        double confidence = _options.Score == ConsistencyScore.SemanticEntropy ? Certainty(clusters, compared + 1) : (double)same / compared;
        return Verdict.OfConfidence(confidence, $"{same} of {compared} further answers mean the same, in {clusters.Count} clusters; {asked} asked");
    }

    // The first cluster whose answer means the same; a new one if none does; null if that cannot be told.
    private async ValueTask<int?> FindAsync(List<Cluster> clusters, string answer, VerificationContext context, CancellationToken cancellationToken)
    {
        // For a share only the first cluster matters, and a comparison may cost a call.
        int most = _options.Score == ConsistencyScore.Share ? 1 : clusters.Count;
        for (int i = 0; i < most; i++)
        {
            bool? same = await _options.Equivalence.AreEquivalentAsync(clusters[i].Answer, answer, context, cancellationToken).ConfigureAwait(false);
            if (same is null)
            {
                return null;
            }

            if (same is true)
            {
                return i;
            }
        }

        clusters.Add(new(answer) { Count = 0 });
        return clusters.Count - 1;
    }

    private static double Certainty(List<Cluster> clusters, int answers)
    {
        double entropy = 0;
        foreach (Cluster cluster in clusters)
        {
            double share = (double)cluster.Count / answers;
            entropy -= share > 0 ? share * Math.Log(share) : 0;
        }

        return Math.Clamp(1 - (entropy / Math.Log(answers)), 0, 1);
    }

    private bool IsDecided(int same, int compared, int left, VerificationContext context) =>
        _options.Score == ConsistencyScore.Share && context.IsDecided(same, compared, left, _options.StopRisk);

    private ChatOptions Again(ChatOptions? original, int sample)
    {
        ChatOptions options = original?.Clone() ?? new();

        // Only words can be compared, and no tool may run because of a verification.
        options.Tools = null;
        options.ToolMode = null;
        options.ConversationId = null;
        options.Temperature = _options.Temperature ?? options.Temperature;
        options.Seed = _options.Seed is { } seed ? seed + sample : options.Seed;
        return options;
    }

    private sealed class Cluster(string answer)
    {
        public string Answer { get; } = answer;

        public int Count { get; set; } = 1;
    }
}
