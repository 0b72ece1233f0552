using System.Collections.Concurrent;
using AutoMix.Statistics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace AutoMix;

/// <summary>Another verifier, whose confidences are watched for drift, for each model apart.</summary>
internal sealed class WatchedVerifier(IVerifier inner, int window, double significance, Action<ConfidenceDriftEventArgs>? onDrift) : DelegatingVerifier(inner)
{
    private readonly ConcurrentDictionary<string, ConfidenceDrift> _drifts = new(StringComparer.Ordinal);

    public override async ValueTask<Verdict> VerifyAsync(VerificationContext context, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(context);
        Verdict verdict = await InnerVerifier.VerifyAsync(context, cancellationToken).ConfigureAwait(false);
        if (verdict.Kind == VerdictKind.Confidence)
        {
            _drifts.GetOrAdd(context.Model, Watch, context.Services).Observe(verdict.Confidence!.Value);
        }

        return verdict;
    }

    private ConfidenceDrift Watch(string model, IServiceProvider? services)
    {
        var drift = new ConfidenceDrift($"{InnerVerifier.Name}/{model}", window, significance);
        ILogger logger = (services?.GetService<ILoggerFactory>() ?? NullLoggerFactory.Instance).CreateLogger("AutoMix");
        drift.Detected += (_, e) =>
        {
            Log.Drift(logger, e.Signal, e.MeanBefore, e.MeanNow);
            onDrift?.Invoke(e);
        };
        return drift;
    }
}
