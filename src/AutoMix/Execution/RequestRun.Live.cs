using Microsoft.Extensions.AI;

namespace AutoMix;

// Calls whose answer streams while it is written.
internal sealed partial class RequestRun
{
    /// <summary>Streams the call that <see cref="AdvanceAsync"/> has opened.</summary>
    public LiveStream OpenLive(RoutingAttempt attempt) => new(this, attempt, TakePending(), isDraft: !attempt.IsFinal);

    internal async ValueTask LiveEndedAsync(RoutingAttempt attempt, ModelCall call)
    {
        bool final = attempt.IsFinal;
        await ConcludeAsync(attempt, call, final).ConfigureAwait(false);
        if (final && attempt.Status == AttemptStatus.Answered)
        {
            End(attempt, RoutingOutcome.Accepted, LastReason);
        }
    }

    internal async ValueTask<Exception> LiveFailedAsync(RoutingAttempt attempt, ModelCall call)
    {
        bool cancelled = _cancellation.IsCancellationRequested;
        await ConcludeAsync(attempt, call, final: true).ConfigureAwait(false);
        if (cancelled)
        {
            return new OperationCanceledException("The caller cancelled.", call.Exception, _cancellation);
        }

        _ended = true;
        _outcome = RoutingOutcome.Failed;
        _reason = $"the live stream of '{attempt.ModelName}' broke off";
        RoutingAttempt? best = _state.Best;
        return new StreamInterruptedException(
            $"The answer of model '{attempt.ModelName}' broke off after a part of it had been streamed: {attempt.Error?.Message ?? attempt.Rejection ?? "no reason given"}. "
            + (best is null ? "No earlier complete answer exists." : "BestAnswer holds an earlier complete answer."),
            Record,
            [.. _state.Attempts],
            best?.Response,
            attempt.Error);
    }

    internal async ValueTask LiveAbandonedAsync(RoutingAttempt attempt, ModelCall call)
    {
        attempt.Status = AttemptStatus.Cancelled;
        attempt.Failure = FailureKind.Cancelled;
        attempt.Response = call.Response;
        attempt.Usage = call.Usage;
        _state.Tick();
        attempt.Duration = _pipeline.Time.GetElapsedTime(call.Started, _state.Now);
        await SettleAsync(attempt, call, CostOf(call, FailureKind.Cancelled)).ConfigureAwait(false);
        await call.Model.Circuit.ReportAsync(call.Probe, success: false, counts: false, null).ConfigureAwait(false);
        call.Dispose();
        _pipeline.Telemetry.Attempt(_trace, attempt);
    }
}
