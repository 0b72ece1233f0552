using System.Diagnostics;
using System.Diagnostics.Metrics;
using AutoMix.Metrics;
using Microsoft.Extensions.Logging;

namespace AutoMix;

/// <summary>The one place that spans, metrics and logs are written from. Costs next to nothing where no one listens.</summary>
internal sealed class Telemetry(ILogger logger, bool sensitive)
{
    private static readonly ActivitySource Source = new(TelemetryNames.Source);
    private static readonly Meter Meter = new(TelemetryNames.Source);
    private static readonly Counter<long> Requests = Meter.CreateCounter<long>(TelemetryNames.Requests, "{request}", "Requests by outcome.");
    private static readonly Histogram<double> RequestDuration = Meter.CreateHistogram<double>(TelemetryNames.RequestDuration, "s", "From a request to its end.");
    private static readonly Counter<long> Answers = Meter.CreateCounter<long>(TelemetryNames.Answers, "{answer}", "Answers by model, and whether they were the one returned.");
    private static readonly Histogram<double> AttemptDuration = Meter.CreateHistogram<double>(TelemetryNames.AttemptDuration, "s", "Calls to models.");
    private static readonly Counter<double> Cost = Meter.CreateCounter<double>(TelemetryNames.Cost, "{USD}", "Dollars by model, for answers and for verification.");
    private static readonly UpDownCounter<double> Saved = Meter.CreateUpDownCounter<double>(TelemetryNames.CostSaved, "{USD}", "Dollars saved against asking the last model every time, at the tokens of the answer returned.");
    private static readonly Counter<long> Escalations = Meter.CreateCounter<long>(TelemetryNames.Escalations, "{call}", "Calls beyond the first of a request.");
    private static readonly Histogram<double> Confidence = Meter.CreateHistogram<double>(TelemetryNames.Confidence, "1", "Confidences by verifier and model.");
    private static readonly Gauge<double> AurocOf = Meter.CreateGauge<double>(TelemetryNames.Auroc, "1", "AUROC by verifier and model, from reported outcomes; one half is chance.");
    private static readonly Counter<long> Unknown = Meter.CreateCounter<long>(TelemetryNames.UnknownVerdicts, "{verdict}", "Verdicts that said nothing.");
    private static readonly Histogram<double> EmbeddingDuration = Meter.CreateHistogram<double>(TelemetryNames.EmbeddingDuration, "s", "Embeddings of questions, for policies that look at them.");
    private static readonly Counter<long> EmbeddingTokens = Meter.CreateCounter<long>(TelemetryNames.EmbeddingTokens, "{token}", "Tokens of embedded questions.");

    public static void Auroc(string verifier, string model, SignalTrust trust)
    {
        if (AurocOf.Enabled)
        {
            AurocOf.Record(trust.Auroc, new(TelemetryNames.Verifier, verifier), new(TelemetryNames.Model, model));
        }
    }

    public RequestTrace? Start(RoutingState state)
    {
        if (!Source.HasListeners())
        {
            return null;
        }

        Activity? activity = Source.StartActivity(TelemetryNames.Request);
        if (activity is null)
        {
            return null;
        }

        if (sensitive)
        {
            activity.SetTag(TelemetryNames.Question, state.Question);
        }

        return new(activity);
    }

    /// <summary>The policy's own look at the question, before the first decision; the span is the one that is current.</summary>
    public static void Embedding(string policyName, EmbeddingRecord record)
    {
        KeyValuePair<string, object?> policy = new(TelemetryNames.Policy, policyName);
        KeyValuePair<string, object?> error = new(TelemetryNames.ErrorType, record.Error);
        EmbeddingDuration.Record(record.Duration.TotalSeconds, record.Error is null ? [policy] : [policy, error]);
        if (record.Tokens is { } tokens)
        {
            EmbeddingTokens.Add(tokens, policy);
        }

        if (Activity.Current is { } activity && activity.Source == Source)
        {
            ActivityTagsCollection tags = new() { { TelemetryNames.EmbeddingTokens, record.Tokens }, { TelemetryNames.EmbeddingDuration, record.Duration.TotalSeconds } };
            if (record.Error is not null)
            {
                tags.Add(error);
            }

            activity.AddEvent(new(TelemetryNames.EmbeddingEvent, tags: tags));
        }
    }

    public void Decision(RequestTrace? trace, DecisionRecord decision)
    {
        if (logger.IsEnabled(LogLevel.Debug))
        {
            Log.Decided(logger, decision.Kind, decision.Model, decision.IsFinal, decision.Reason);
        }

        trace?.Activity.AddEvent(new(
            TelemetryNames.Decision,
            tags: new()
            {
                { TelemetryNames.Action, decision.Kind.ToString() },
                { TelemetryNames.Model, decision.Model },
                { TelemetryNames.Final, decision.IsFinal },
                { TelemetryNames.Reason, decision.Reason },
            }));
    }

    public void Attempt(RequestTrace? trace, RoutingAttempt attempt)
    {
        if (AttemptDuration.Enabled)
        {
            AttemptDuration.Record(attempt.Duration.TotalSeconds, new(TelemetryNames.Model, attempt.ModelName), new(TelemetryNames.Status, attempt.Status.ToString()));
        }

        // What is unknown is left out rather than counted as nothing: a series of zeros would say that the model is free.
        if (Cost.Enabled && !attempt.CostIsIncomplete)
        {
            Cost.Add((double)attempt.Cost, new(TelemetryNames.Model, attempt.ModelName), new(TelemetryNames.Purpose, "answer"));
        }

        if (trace is null)
        {
            return;
        }

        ActivityTagsCollection tags = new()
        {
            { TelemetryNames.Model, attempt.ModelName },
            { TelemetryNames.Status, attempt.Status.ToString() },
            { TelemetryNames.CostTag, attempt.CostIsIncomplete ? null : (double)attempt.Cost },
            { TelemetryNames.Failure, attempt.Failure?.ToString() },
            { TelemetryNames.Reason, attempt.Rejection },
        };
        if (sensitive)
        {
            tags.Add(TelemetryNames.Answer, attempt.Text);
        }

        trace.Activity.AddEvent(new(TelemetryNames.AttemptEvent, tags: tags));
    }

    /// <summary>One call for a verification, counted for the model that was asked, whoever wrote the answer.</summary>
    public static void VerificationCost(string asked, decimal dollars)
    {
        if (Cost.Enabled && dollars != 0)
        {
            Cost.Add((double)dollars, new(TelemetryNames.Model, asked), new(TelemetryNames.Purpose, "verification"));
        }
    }

    public void Verdict(RequestTrace? trace, RoutingAttempt attempt, AttemptVerdict verdict)
    {
        if (verdict.Verdict.Confidence is { } confidence)
        {
            if (Confidence.Enabled)
            {
                Confidence.Record(confidence, new(TelemetryNames.Verifier, verdict.Verifier), new(TelemetryNames.Model, attempt.ModelName));
            }
        }
        else if (verdict.Verdict.Kind == VerdictKind.Unknown)
        {
            Unknown.Add(1, new(TelemetryNames.Verifier, verdict.Verifier), new(TelemetryNames.Model, attempt.ModelName));
            Log.UnknownVerdict(logger, verdict.Verifier, attempt.ModelName, verdict.Verdict.Reason);
        }

        trace?.Activity.AddEvent(new(
            TelemetryNames.VerdictEvent,
            tags: new()
            {
                { TelemetryNames.Verifier, verdict.Verifier },
                { TelemetryNames.Model, attempt.ModelName },
                { TelemetryNames.Status, verdict.Verdict.Kind.ToString() },
                { TelemetryNames.ConfidenceTag, verdict.Verdict.Confidence },
                { TelemetryNames.CostTag, verdict.CostIsIncomplete ? null : (double)verdict.Cost },
            }));
    }

    public void End(RequestTrace? trace, RoutingRecord record, RoutingState state, Exception? exception)
    {
        if (Requests.Enabled || RequestDuration.Enabled)
        {
            KeyValuePair<string, object?> outcome = new(TelemetryNames.Outcome, record.Outcome.ToString());
            KeyValuePair<string, object?> policy = new(TelemetryNames.Policy, record.Policy);
            Requests.Add(1, outcome, policy);
            RequestDuration.Record(record.Duration.TotalSeconds, outcome, policy);
        }

        if (Answers.Enabled)
        {
            foreach (RoutingAttempt attempt in state.Attempts)
            {
                if (attempt.Response is not null)
                {
                    Answers.Add(1, new(TelemetryNames.Model, attempt.ModelName), new(TelemetryNames.Accepted, attempt.Index == record.AnsweredBy && record.Outcome == RoutingOutcome.Accepted));
                }
            }
        }

        if (Escalations.Enabled && state.Attempts.Count > 1)
        {
            Escalations.Add(state.Attempts.Count - 1, new KeyValuePair<string, object?>(TelemetryNames.Policy, record.Policy));
        }

        if (record.AnsweredBy is { } index && Saved.Enabled && !record.CostIsIncomplete && state.Models[^1].Price is { } largest && state.Attempts[index].Usage is { } usage)
        {
            Saved.Add((double)(largest.CostOf(usage) - record.Cost), new KeyValuePair<string, object?>(TelemetryNames.Policy, record.Policy));
        }

        if (logger.IsEnabled(LogLevel.Debug))
        {
            Log.Ended(logger, record.Outcome, record.Model, record.Cost, !record.CostIsIncomplete, state.Attempts.Count, record.Reason);
        }

        if (trace is null)
        {
            return;
        }

        using Activity activity = trace.Activity;
        activity.SetTag(TelemetryNames.Policy, record.Policy);
        activity.SetTag(TelemetryNames.Calibrated, record.IsCalibrated);
        activity.SetTag(TelemetryNames.Outcome, record.Outcome.ToString());
        activity.SetTag(TelemetryNames.Model, record.Model);
        activity.SetTag(TelemetryNames.CostTag, (double)record.Cost);
        if (record.CostIsIncomplete)
        {
            activity.SetTag(TelemetryNames.CostIncomplete, true);
        }

        activity.SetTag(TelemetryNames.Calls, state.Attempts.Count);
        if (exception is not null and not OperationCanceledException)
        {
            activity.SetStatus(ActivityStatusCode.Error, exception.GetType().Name);
        }
    }

    public void Failed(string model, FailureKind kind, FailureReaction reaction, Exception? error)
    {
        if (logger.IsEnabled(LogLevel.Warning))
        {
            Log.CallFailed(logger, model, kind, reaction, error?.GetType().Name);
        }
    }

    public void PolicyFailed(string policy, Exception e) => Log.PolicyFailed(logger, policy, e);

    public void PolicyImpossible(string policy, string why) => Log.PolicyImpossible(logger, policy, why);

    public void VerifierFailed(string verifier, Exception e) => Log.VerifierFailed(logger, verifier, e.GetType().Name);

    public void Uninformative(string verifier, string model) => Log.Uninformative(logger, verifier, model);

    public void VerificationIsDear(string model, decimal paid, decimal instead) => Log.VerificationIsDear(logger, paid, instead, model);

    public void Silent(string verifier, string model) => Log.Silent(logger, verifier, model);

    public void CallbackFailed(Exception e) => Log.CallbackFailed(logger, e);

    public void LedgerFailed(Exception e) => Log.LedgerFailed(logger, e);

    public void LearningFailed(Exception e) => Log.LearningFailed(logger, e);

    public void PlanReplaced(string name, long version) => Log.PlanReplaced(logger, name, version);
}
