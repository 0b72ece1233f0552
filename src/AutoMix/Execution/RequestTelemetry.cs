using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;

namespace AutoMix;

/// <summary>Writes the spans, metrics and logs of requests. It costs next to nothing if nobody listens.</summary>
internal sealed class RequestTelemetry(ILogger logger, bool sensitive)
{
    private static readonly Counter<long> Requests = Telemetry.Meter.CreateCounter<long>(TelemetryNames.Requests, "{request}", "Requests by outcome.");
    private static readonly Histogram<double> RequestDuration = Telemetry.Meter.CreateHistogram<double>(TelemetryNames.RequestDuration, "s", "From a request to its end.");
    private static readonly Counter<long> Answers = Telemetry.Meter.CreateCounter<long>(TelemetryNames.Answers, "{answer}", "Answers by model, and whether they were the one returned.");
    private static readonly Histogram<double> AttemptDuration = Telemetry.Meter.CreateHistogram<double>(TelemetryNames.AttemptDuration, "s", "Calls to models.");
    private static readonly UpDownCounter<double> Saved = Telemetry.Meter.CreateUpDownCounter<double>(TelemetryNames.CostSaved, "{USD}", "Dollars saved against asking the last model every time, at the tokens of the answer returned.");
    private static readonly Counter<long> Escalations = Telemetry.Meter.CreateCounter<long>(TelemetryNames.Escalations, "{call}", "Calls beyond the first of a request.");
    private static readonly Histogram<double> Confidence = Telemetry.Meter.CreateHistogram<double>(TelemetryNames.Confidence, "1", "Confidences by verifier and model.");
    private static readonly Counter<long> Unknown = Telemetry.Meter.CreateCounter<long>(TelemetryNames.UnknownVerdicts, "{verdict}", "Verdicts that said nothing.");

    public Activity? Start(RoutingView state)
    {
        Activity? activity = Telemetry.Source.StartActivity(TelemetryNames.Request);
        if (sensitive)
        {
            activity?.SetTag(TelemetryNames.Question, state.Question);
        }

        return activity;
    }

    public void Decision(Activity? trace, DecisionRecord decision)
    {
        if (logger.IsEnabled(LogLevel.Debug))
        {
            Log.Decided(logger, decision.Kind, decision.Model, decision.IsFinal, decision.Reason);
        }

        trace?.AddEvent(new(
            TelemetryNames.Decision,
            tags: new()
            {
                { TelemetryNames.Action, decision.Kind.ToString() },
                { TelemetryNames.Model, decision.Model },
                { TelemetryNames.Final, decision.IsFinal },
                { TelemetryNames.Reason, decision.Reason },
            }));
    }

    public void Attempt(Activity? trace, RoutingAttempt attempt)
    {
        if (AttemptDuration.Enabled)
        {
            AttemptDuration.Record(attempt.Duration.TotalSeconds, new(TelemetryNames.Model, attempt.ModelName), new(TelemetryNames.Status, attempt.Status.ToString()));
        }

        if (trace is null)
        {
            return;
        }

        ActivityTagsCollection tags = new()
        {
            { TelemetryNames.Model, attempt.ModelName },
            { TelemetryNames.Status, attempt.Status.ToString() },
            { TelemetryNames.CostTag, attempt.Spend.IsIncomplete ? null : (double)attempt.Cost },
            { TelemetryNames.Failure, attempt.Failure?.ToString() },
            { TelemetryNames.Reason, attempt.Rejection },
        };
        if (sensitive)
        {
            tags.Add(TelemetryNames.Answer, attempt.Text);
        }

        trace.AddEvent(new(TelemetryNames.AttemptEvent, tags: tags));
    }

    public void Verdict(Activity? trace, RoutingAttempt attempt, VerdictRecord verdict)
    {
        if (verdict.Confidence is { } confidence)
        {
            if (Confidence.Enabled)
            {
                Confidence.Record(confidence, new(TelemetryNames.Verifier, verdict.Verifier), new(TelemetryNames.Model, attempt.ModelName));
            }
        }
        else if (verdict.Kind == VerdictKind.Unknown)
        {
            Unknown.Add(1, new(TelemetryNames.Verifier, verdict.Verifier), new(TelemetryNames.Model, attempt.ModelName));
            Log.UnknownVerdict(logger, verdict.Verifier, attempt.ModelName, verdict.Reason);
        }

        trace?.AddEvent(new(
            TelemetryNames.VerdictEvent,
            tags: new()
            {
                { TelemetryNames.Verifier, verdict.Verifier },
                { TelemetryNames.Model, attempt.ModelName },
                { TelemetryNames.Status, verdict.Kind.ToString() },
                { TelemetryNames.ConfidenceTag, verdict.Confidence },
                { TelemetryNames.CostTag, verdict.Spend.IsIncomplete ? null : (double)verdict.Cost },
            }));
    }

    public void End(Activity? trace, RoutingRecord record, RoutingView state, Exception? exception)
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

        if (record.AnsweredBy is { } index && Saved.Enabled && !record.Spend.IsIncomplete && state.Models[^1].Price is { } largest && state.Attempts[index].Usage is { } usage)
        {
            Saved.Add((double)(largest.CostOf(usage) - record.Cost), new KeyValuePair<string, object?>(TelemetryNames.Policy, record.Policy));
        }

        if (logger.IsEnabled(LogLevel.Debug))
        {
            Log.Ended(logger, record.Outcome, record.Model, record.Cost, !record.Spend.IsIncomplete, state.Attempts.Count, record.Reason);
        }

        if (trace is null)
        {
            return;
        }

        using Activity activity = trace;
        activity.SetTag(TelemetryNames.Policy, record.Policy);
        activity.SetTag(TelemetryNames.Calibrated, record.IsCalibrated);
        activity.SetTag(TelemetryNames.Outcome, record.Outcome.ToString());
        activity.SetTag(TelemetryNames.Model, record.Model);
        activity.SetTag(TelemetryNames.CostTag, (double)record.Cost);
        if (record.Spend.IsIncomplete)
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

    public void CallbackFailed(Exception e) => Log.CallbackFailed(logger, e);

    public void LedgerFailed(Exception e) => Log.LedgerFailed(logger, e);
}
