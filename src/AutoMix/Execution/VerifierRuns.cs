namespace AutoMix;

/// <summary>Runs the verifiers of one request: the free ones on every answer, a paid one if the policy asks for it.</summary>
internal sealed class VerifierRuns(RequestScope scope)
{
    // An uncalibrated threshold is a guess, so a verifier may stop at this risk of another decision.
    private const double UncalibratedStopRisk = 0.02;

    // Timers may fire so much before the clock says so.
    private static readonly TimeSpan TimerSlack = TimeSpan.FromMilliseconds(20);
    private readonly Pipeline _pipeline = scope.Pipeline;
    private readonly RequestState _state = scope.State;

    /// <summary>Runs the next paid verifier on an answer and adds its verdict.</summary>
    public async Task VerifyAsync(RoutingAttempt attempt)
    {
        IVerifier verifier = NextPaidVerifier(attempt)!;
        if (_state.Attempts.Sum(a => a.Verdicts.Count(v => !v.IsFree)) >= _pipeline.Options.MaxVerifications)
        {
            _state.Reach(LimitKind.Verifications);
            attempt.Result = attempt.Result with { CanVerify = false };
            attempt.Add(new(verifier.Name, Verdict.Unknown($"the cap of {_pipeline.Options.MaxVerifications} verifications is reached")));
            return;
        }

        using var calls = new VerificationCalls(scope);
        Verdict verdict;
        OperationCanceledException? cancelled = null;
        try
        {
            verdict = await RunAsync(verifier, attempt, calls, isPaid: true).ConfigureAwait(false);
        }
        catch (OperationCanceledException e)
        {
            cancelled = e;
            verdict = Verdict.Unknown("the caller cancelled");
        }

        _state.Tick();
        if (calls.Limit is { } limit)
        {
            _state.Reach(limit);
        }

        var entry = new VerdictRecord(verifier.Name, verdict, calls.Count, calls.TotalUsage(), calls.Spend);
        attempt.Add(entry);
        _pipeline.VerifierWorth.Observe(attempt, entry, _pipeline.Policy.IsCalibrated, wasStopped: calls.Limit is not null || cancelled is not null);
        if (verdict.Kind == VerdictKind.Rejected)
        {
            attempt.Reject(verdict.Reason);
            _state.ReleaseStickiness();
        }

        attempt.Result = attempt.Result with { CanVerify = calls.Limit is null && CanVerify(attempt) };
        _pipeline.Telemetry.Verdict(scope.Trace, attempt, entry);
        if (cancelled is not null)
        {
            throw new OperationCanceledException(cancelled.Message, cancelled, scope.Cancellation);
        }
    }

    /// <summary>Runs the free verifiers on an answer. They reject nothing that the policy has promised to accept.</summary>
    public async Task RunFreeAsync(RoutingAttempt attempt)
    {
        foreach (IVerifier verifier in _pipeline.FreeVerifiers)
        {
            using var calls = new VerificationCalls(scope);
            Verdict verdict = await RunAsync(verifier, attempt, calls, isPaid: false).ConfigureAwait(false);
            var entry = new VerdictRecord(verifier.Name, verdict);
            attempt.Add(entry);
            _pipeline.Telemetry.Verdict(scope.Trace, attempt, entry);
            if (verdict.Kind == VerdictKind.Rejected && !attempt.IsFinal)
            {
                attempt.Reject(verdict.Reason);
            }
        }
    }

    /// <summary>Tells whether a paid verifier is left for an answer. A verifier that is not worth its price is noted and skipped.</summary>
    public bool CanVerify(RoutingAttempt attempt)
    {
        while (attempt.Status == AttemptStatus.Answered && attempt.Kind == AnswerKind.Content && NextPaidVerifier(attempt) is { } verifier)
        {
            if (_pipeline.VerifierWorth.WhyNotWorthPaying(verifier.Name, attempt, _pipeline.Policy.IsCalibrated) is not { } why)
            {
                return true;
            }

            attempt.Add(new(verifier.Name, Verdict.Unknown(why)));
        }

        return false;
    }

    private async Task<Verdict> RunAsync(IVerifier verifier, RoutingAttempt attempt, VerificationCalls calls, bool isPaid)
    {
        TimeSpan? left = _state.RemainingTime;
        TimeSpan? limit = TimeLimits.Shorter(_pipeline.Options.AttemptTimeout, left);
        long began = _state.Now;
        try
        {
            var context = new VerificationContext(
                _state.Messages,
                _state.Options,
                attempt.Response!,
                attempt.ModelName,
                isPaid ? _pipeline.Policy.ConfidenceEdges(_state, attempt) : null,
                _pipeline.Policy.IsCalibrated ? 0 : UncalibratedStopRisk,
                _pipeline.Services,
                isPaid ? calls : null);
            return await calls.RunAsync(verifier, context, limit).ConfigureAwait(false);
        }
        catch (Exception) when (scope.Cancellation.IsCancellationRequested)
        {
            throw new OperationCanceledException(scope.Cancellation);
        }
        catch (Exception e)
        {
            bool wasLong = e is OperationCanceledException or TimeoutException;
            if (wasLong && left == limit && left - _pipeline.Time.GetElapsedTime(began, _state.Now) < TimerSlack)
            {
                _state.PassDeadline();
            }

            _pipeline.Telemetry.VerifierFailed(verifier.Name, e);

            // A verifier may quote the answer in its message, and records hold no text of requests.
            string what = _pipeline.Options.EnableSensitiveData ? $"{e.GetType().Name}: {e.Message}" : e.GetType().Name;
            return Verdict.Unknown(wasLong ? "the verification took too long" : $"the verifier failed with {what}");
        }
    }

    private IVerifier? NextPaidVerifier(RoutingAttempt attempt) =>
        Array.Find(_pipeline.PaidVerifiers, verifier => attempt.Verdicts.All(v => !string.Equals(v.Verifier, verifier.Name, StringComparison.Ordinal)));
}
