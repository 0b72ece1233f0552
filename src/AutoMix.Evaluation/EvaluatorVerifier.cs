using System.Globalization;
using Microsoft.Extensions.AI.Evaluation;

namespace AutoMix;

/// <summary>An evaluator of Microsoft.Extensions.AI.Evaluation as a verifier.</summary>
/// <remarks>
/// The evaluator's calls go through the pipeline: metered, bounded and part of the response's usage. A result without a value, out
/// of range, or with an error among its diagnostics is unknown.
/// </remarks>
public sealed class EvaluatorVerifier : IVerifier
{
    private readonly IEvaluator _evaluator;
    private readonly EvaluatorOptions _options;
    private readonly string _metric;

    /// <summary>A verifier.</summary>
    /// <param name="evaluator">The evaluator.</param>
    /// <param name="configure">Changes the settings.</param>
    /// <exception cref="ArgumentException">The evaluator has no such metric, or best and worst are not two different numbers.</exception>
    public EvaluatorVerifier(IEvaluator evaluator, Action<EvaluatorOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(evaluator);
        _evaluator = evaluator;
        _options = new EvaluatorOptions();
        configure?.Invoke(_options);
        _metric = _options.Metric ?? evaluator.EvaluationMetricNames.FirstOrDefault() ?? throw new ArgumentException("The evaluator names no metric.", nameof(evaluator));
        if (!evaluator.EvaluationMetricNames.Contains(_metric))
        {
            throw new ArgumentException($"The evaluator has no metric '{_metric}'; it has {string.Join(", ", evaluator.EvaluationMetricNames)}.", nameof(configure));
        }

        if (!double.IsFinite(_options.Best) || !double.IsFinite(_options.Worst) || _options.Best == _options.Worst)
        {
            throw new ArgumentException($"{nameof(EvaluatorOptions.Best)} and {nameof(EvaluatorOptions.Worst)} are two different numbers.", nameof(configure));
        }
    }

    /// <inheritdoc/>
    public string Name => $"evaluator-{_metric}";

    /// <inheritdoc/>
    public bool IsFree => _options.IsFree;

    /// <inheritdoc/>
    public string Fingerprint => FormattableString.Invariant($"{Name}:{_evaluator.GetType()};{_options.Best};{_options.Worst};{_options.Model};{_options.IsFree}");

    /// <inheritdoc/>
    public IReadOnlyList<string> AskedModels => _options.Model is { } model ? [model] : [];

    /// <inheritdoc/>
    public async ValueTask<Verdict> VerifyAsync(VerificationContext context, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(context);
        using var client = new MeteredChatClient(context, _options.Model);
        EvaluationResult result = await _evaluator.EvaluateAsync(
            context.Messages,
            context.Answer,
            _options.IsFree ? null : new ChatConfiguration(client),
            _options.AdditionalContext?.Invoke(context),
            cancellationToken).ConfigureAwait(false);
        return result.Metrics.TryGetValue(_metric, out EvaluationMetric? metric) ? Judge(metric) : Verdict.Unknown($"the evaluator gave no metric '{_metric}'");
    }

    private Verdict Judge(EvaluationMetric metric)
    {
        if (metric.Diagnostics?.FirstOrDefault(d => d.Severity == EvaluationDiagnosticSeverity.Error) is { } error)
        {
            return Verdict.Unknown($"the evaluator failed: {error.Message}");
        }

        return metric switch
        {
            NumericMetric { Value: { } value } => OfNumber(value, metric.Reason),
            BooleanMetric { Value: { } value } => Verdict.OfConfidence(value ? 1 : 0, metric.Reason),
            _ => OfRating(metric),
        };
    }

    private Verdict OfNumber(double value, string? reason)
    {
        double confidence = (value - _options.Worst) / (_options.Best - _options.Worst);
        return confidence is >= 0 and <= 1
            ? Verdict.OfConfidence(confidence, reason)
            : Verdict.Unknown(string.Create(CultureInfo.InvariantCulture, $"the value {value} of '{_metric}' is not between {_options.Worst} and {_options.Best}"));
    }

    // A metric of text, or without a value, may still have been interpreted.
    private Verdict OfRating(EvaluationMetric metric) => metric.Interpretation?.Rating switch
    {
        EvaluationRating.Exceptional => Verdict.OfConfidence(1, metric.Interpretation.Reason),
        EvaluationRating.Good => Verdict.OfConfidence(0.75, metric.Interpretation.Reason),
        EvaluationRating.Average => Verdict.OfConfidence(0.5, metric.Interpretation.Reason),
        EvaluationRating.Poor => Verdict.OfConfidence(0.25, metric.Interpretation.Reason),
        EvaluationRating.Unacceptable => Verdict.OfConfidence(0, metric.Interpretation.Reason),
        _ => Verdict.Unknown(metric.Reason ?? $"the metric '{_metric}' has no value"),
    };
}
