using System.Diagnostics;
using System.Diagnostics.Metrics;
using AutoMix.Statistics;

namespace AutoMix;

/// <summary>The activity source, the meter, and the instruments that parts below the request's own telemetry report to.</summary>
internal static class Telemetry
{
    public static readonly ActivitySource Source = new(TelemetryNames.Source);
    public static readonly Meter Meter = new(TelemetryNames.Source);
    private static readonly Counter<double> CostByModel = Meter.CreateCounter<double>(TelemetryNames.Cost, "{USD}", "Dollars by model, for answers and for verification.");
    private static readonly Gauge<double> AurocOf = Meter.CreateGauge<double>(TelemetryNames.Auroc, "1", "AUROC by verifier and model, from reported outcomes; one half is chance.");
    private static readonly Histogram<double> EmbeddingDuration = Meter.CreateHistogram<double>(TelemetryNames.EmbeddingDuration, "s", "Embeddings of questions, for policies that look at them.");
    private static readonly Counter<long> EmbeddingTokens = Meter.CreateCounter<long>(TelemetryNames.EmbeddingTokens, "{token}", "Tokens of embedded questions.");

    /// <summary>Counts the dollars of one call for the model that was asked.</summary>
    /// <param name="model">The name of the model that was asked, whichever model wrote the answer.</param>
    /// <param name="spend">The bill of the call.</param>
    /// <param name="purpose">"answer" or "verification".</param>
    public static void Cost(string model, Spend spend, string purpose)
    {
        // An unknown cost is left out. A series of zeros would say that the model is free.
        if (CostByModel.Enabled && !spend.IsIncomplete)
        {
            CostByModel.Add((double)spend.Dollars, new(TelemetryNames.Model, model), new(TelemetryNames.Purpose, purpose));
        }
    }

    /// <summary>Reports how well a verifier tells right answers of a model from wrong ones.</summary>
    public static void Auroc(string verifier, string model, SignalTrust trust)
    {
        if (AurocOf.Enabled)
        {
            AurocOf.Record(trust.Auroc, new(TelemetryNames.Verifier, verifier), new(TelemetryNames.Model, model));
        }
    }

    /// <summary>Reports the embedding of a question before the first decision. The span is the current one.</summary>
    public static void Embedding(string policyName, long? tokens, TimeSpan duration, string? errorType)
    {
        KeyValuePair<string, object?> policy = new(TelemetryNames.Policy, policyName);
        KeyValuePair<string, object?> error = new(TelemetryNames.ErrorType, errorType);
        EmbeddingDuration.Record(duration.TotalSeconds, errorType is null ? [policy] : [policy, error]);
        if (tokens is { } count)
        {
            EmbeddingTokens.Add(count, policy);
        }

        if (Activity.Current is { } activity && activity.Source == Source)
        {
            ActivityTagsCollection tags = new() { { TelemetryNames.EmbeddingTokens, tokens }, { TelemetryNames.EmbeddingDuration, duration.TotalSeconds } };
            if (errorType is not null)
            {
                tags.Add(error);
            }

            activity.AddEvent(new(TelemetryNames.EmbeddingEvent, tags: tags));
        }
    }
}
