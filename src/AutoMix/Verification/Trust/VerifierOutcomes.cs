using System.Collections.Concurrent;
using AutoMix.Statistics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace AutoMix;

/// <summary>
/// The outcomes of verified answers: a running AUROC per verifier and model, with an interval. A verifier whose interval covers one half
/// is uninformative. It is reported, and by default no longer paid for.
/// </summary>
/// <remarks>
/// <para>Give it to a pipeline with <see cref="AutoMixBuilder.LearnTrustFrom"/>, or register it as a service. Each outcome of a returned answer that is
/// reported to the client (<c>client.ReportOutcome</c>) then counts here. Safe for concurrent use; several pipelines may share one.</para>
/// <para>Returned answers are mostly answers that the verifier liked, so their grades alone make it look less able than it is. Many
/// outcomes are therefore required, and a verifier that said the same of all graded answers is not judged here
/// (<see cref="AutoMixOptions.UninformativeAfter"/> sees all of its verdicts). Grades of rejected answers are
/// reported with <see cref="Report(string, string, double, double)"/>.</para>
/// </remarks>
public sealed class VerifierOutcomes
{
    /// <summary>Outcomes remembered for each verifier and model: 1,000.</summary>
    internal const int Window = 1_000;

    /// <summary>Right, and wrong, answers from which on a verifier is judged: 50 of each.</summary>
    internal const int LeastOfEach = SignalTrust.LeastOfEachReturned;

    private static readonly SignalTrust Nothing = SignalTrust.Of([], []);
    private readonly ConcurrentDictionary<(string Verifier, string Model), History> _histories = new();
    private readonly Action<UninformativeVerifier>? _onUninformative;
    private readonly ILogger _logger;

    /// <param name="onUninformative">Called when a verifier has become uninformative, on the thread that reported.</param>
    /// <param name="loggerFactory">The factory of the log for the warning.</param>
    public VerifierOutcomes(Action<UninformativeVerifier>? onUninformative = null, ILoggerFactory? loggerFactory = null)
    {
        _onUninformative = onUninformative;
        _logger = (loggerFactory ?? NullLoggerFactory.Instance).CreateLogger("AutoMix");
    }

    /// <summary>Reports the outcome of one answer that no pipeline returned, such as an answer of a trace.</summary>
    /// <param name="verifier">The verifier's name.</param>
    /// <param name="model">The name of the answer's model.</param>
    /// <param name="confidence">The verifier's confidence, in [0, 1].</param>
    /// <param name="quality">How good the answer was, in [0, 1]: 1 correct, 0 wrong.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is not in [0, 1].</exception>
    public void Report(string verifier, string model, double confidence, double quality)
    {
        ArgumentException.ThrowIfNullOrEmpty(verifier);
        ArgumentException.ThrowIfNullOrEmpty(model);
        Require(confidence, nameof(confidence));
        Require(quality, nameof(quality));
        SignalTrust trust = _histories.GetOrAdd((verifier, model), static _ => new()).Add(confidence, quality, out bool isNew);
        Telemetry.Auroc(verifier, model, trust);
        if (isNew)
        {
            Log.NotInformative(_logger, verifier, model, trust.Auroc, trust.Low, trust.High, trust.Count);
            _onUninformative?.Invoke(new(verifier, model, trust));
        }
    }

    /// <summary>Reports the quality of the answer that a request returned. It holds for all confidences in that answer, and in answers that agreed with it.</summary>
    internal void Report(RoutingRecord record, double quality)
    {
        Require(quality, nameof(quality));
        if (record.AnsweredBy is not { } answered || record.IsFromCache)
        {
            return;
        }

        int group = record.Attempts[answered].AgreesWith ?? answered;
        for (int i = 0; i < record.Attempts.Count; i++)
        {
            AttemptRecord attempt = record.Attempts[i];
            if (i != answered && i != group && attempt.AgreesWith != group)
            {
                continue;
            }

            foreach (VerdictRecord verdict in attempt.Verdicts)
            {
                if (verdict is { Kind: VerdictKind.Confidence, Confidence: { } confidence })
                {
                    Report(verdict.Verifier, attempt.Model, confidence, quality);
                }
            }
        }
    }

    /// <summary>How far a verifier can be trusted about a model's answers, by the last <see cref="Window"/> outcomes.</summary>
    /// <param name="verifier">The verifier's name.</param>
    /// <param name="model">The name of the model.</param>
    public SignalTrust TrustIn(string verifier, string model) =>
        _histories.TryGetValue((verifier, model), out History? history) ? history.Trust : Nothing;

    private static void Require(double number, string name)
    {
        if (!(number >= 0 && number <= 1))
        {
            throw new ArgumentOutOfRangeException(name, number, "It is a number in [0, 1].");
        }
    }

    private sealed class History
    {
        private readonly Lock _gate = new();
        private readonly Queue<(double Confidence, double Quality)> _last = new();

        public SignalTrust Trust { get; private set; } = Nothing;

        public SignalTrust Add(double confidence, double quality, out bool isNew)
        {
            lock (_gate)
            {
                if (_last.Count == Window)
                {
                    _last.Dequeue();
                }

                _last.Enqueue((confidence, quality));
                bool before = Trust.Worth == SignalWorth.Uninformative;
                Trust = SignalTrust.Of([.. _last.Select(o => o.Confidence)], [.. _last.Select(o => o.Quality)], areReturned: true);
                isNew = !before && Trust.Worth == SignalWorth.Uninformative;
                return Trust;
            }
        }
    }
}
