using Microsoft.Extensions.AI;

namespace AutoMix;

// Verifiers and the calls that they make.
internal sealed partial class RequestRun
{
    // What an uncalibrated threshold is worth is a guess anyway.
    private const double UncalibratedStopRisk = 0.02;

    // Timers may fire so much before the clock says so.
    private static readonly TimeSpan TimerSlack = TimeSpan.FromMilliseconds(20);

    private async ValueTask<RoutingAttempt?> VerifyAsync(RoutingAttempt attempt)
    {
        if (_verifications >= _pipeline.Options.MaxVerifications)
        {
            _limit ??= LimitKind.Verifications;
            attempt.CanVerify = false;
            attempt.Add(new(NextPaidVerifier(attempt)!.Name, Verdict.Unknown($"the cap of {_pipeline.Options.MaxVerifications} verifications is reached")));
            return null;
        }

        _verifications++;
        IVerifier verifier = NextPaidVerifier(attempt)!;
        var calls = new VerificationCalls(this);
        Verdict verdict;
        OperationCanceledException? cancelled = null;
        try
        {
            verdict = await RunVerifierAsync(verifier, attempt, calls).ConfigureAwait(false);
        }
        catch (OperationCanceledException e)
        {
            cancelled = e;
            verdict = Verdict.Unknown("the caller cancelled");
        }

        _state.Tick();
        if (calls.Limit is { } limit)
        {
            _limit ??= limit;
        }

        var entry = new VerdictRecord(verifier.Name, verdict, calls.Count, calls.Usage, calls.Spend);
        attempt.Add(entry);
        _pipeline.VerifierWorth.Observe(attempt, entry, _pipeline.Policy.IsCalibrated, wasStopped: calls.Limit is not null || cancelled is not null);
        if (verdict.Kind == VerdictKind.Rejected)
        {
            attempt.Rejection ??= verdict.Reason;
            attempt.Status = AttemptStatus.Rejected;
            _state.ReleaseStickiness();
        }

        attempt.CanVerify = calls.Limit is null && CanVerify(attempt);
        _pipeline.Telemetry.Verdict(_trace, attempt, entry);
        if (cancelled is not null)
        {
            throw new OperationCanceledException(cancelled.Message, cancelled, _cancellation);
        }

        return null;
    }

    private async ValueTask<Verdict> RunVerifierAsync(IVerifier verifier, RoutingAttempt attempt, VerificationCalls? calls)
    {
        TimeSpan? left = _state.RemainingTime;
        TimeSpan? limit = Shorter(_pipeline.Options.AttemptTimeout, left);
        long began = _state.Now;
        try
        {
            var context = new VerificationContext(
                _state.Messages,
                _state.Options,
                attempt.Response!,
                attempt.ModelName,
                calls is null ? null : _pipeline.Policy.ConfidenceEdges(_state, attempt),
                _pipeline.Policy.IsCalibrated ? 0 : UncalibratedStopRisk,
                _pipeline.Services,
                calls);
            return await (calls ?? new(this)).RunAsync(verifier, context, limit, _cancellation).ConfigureAwait(false);
        }
        catch (Exception) when (_cancellation.IsCancellationRequested)
        {
            throw new OperationCanceledException(_cancellation);
        }
        catch (Exception e)
        {
            if (e is OperationCanceledException or TimeoutException && left == limit && left - _pipeline.Time.GetElapsedTime(began, _state.Now) < TimerSlack)
            {
                _state.PassDeadline();
            }

            _pipeline.Telemetry.VerifierFailed(verifier.Name, e);

            // A verifier may put what it read into its message, and records hold no text of requests.
            string what = _pipeline.Options.EnableSensitiveData ? $"{e.GetType().Name}: {e.Message}" : e.GetType().Name;
            return Verdict.Unknown(e is OperationCanceledException or TimeoutException ? "the verification took too long" : $"the verifier failed with {what}");
        }
    }

    /// <summary>Several metered calls at once on behalf of a verifier.</summary>
    internal async ValueTask<IReadOnlyList<VerificationReply>> AskAllAsync(
        VerificationCalls verification,
        IReadOnlyList<ChatMessage> messages,
        IReadOnlyList<ChatOptions> options,
        string modelName,
        CancellationToken cancellationToken)
    {
        var replies = new VerificationReply[options.Count];
        ChatModel model = _pipeline.Models[_state.ModelIndex(modelName)];
        ChatMessage[] sent = [.. messages];
        _state.Tick();
        long inputTokens = -1;
        decimal each = 0;
        var reservations = new BudgetReservation?[options.Count];
        if (Admission.WhyUnreadable(model.Profile, sent) is { } unreadable)
        {
            return Refuse($"the model '{model.Name}' cannot be asked: {unreadable}");
        }

        if (model.Profile.Price is { } price && (_pipeline.CostCap is not null || _pipeline.Ledger is not null))
        {
            inputTokens = TokenEstimate.OfRequest(sent, options[0], model.Profile.CountTokens);
            each = options.Max(o => price.CostOf(inputTokens, model.Profile.MostOutputTokens(o)));
            if (WhyTooExpensive(each * options.Count) is { } tooExpensive)
            {
                verification.Limit = LimitKind.Cost;
                return Refuse(tooExpensive);
            }

            if (_pipeline.Ledger is not null && !await TryReserveAsync(reservations, each).ConfigureAwait(false))
            {
                verification.Limit = LimitKind.Budget;
                return Refuse(FormattableString.Invariant($"the budget does not hold the estimated {each * options.Count} dollars"));
            }
        }

        if (!model.Circuit.TryEnter(out Circuit.Probe? probe))
        {
            await ReleaseAsync(reservations).ConfigureAwait(false);
            return Refuse($"the circuit of the model '{model.Name}' is open");
        }

        for (int i = 0; i < options.Count; i++)
        {
            _state.Reserve(each);
        }

        var calls = new ModelCall[options.Count];
        var running = new Task[options.Count];
        for (int i = 0; i < calls.Length; i++)
        {
            calls[i] = new(
                model,
                RequestMessages.For(model.Name, sent, null),
                RequestMessages.OptionsForVerification(model.Profile, options[i], _state.Options),
                inputTokens,
                each,
                TimeLimitOf(model),
                _pipeline.Time,
                _state.Now,
                cancellationToken)
            {
                Reservation = reservations[i],
                Probe = i == 0 ? probe : null,
            };
            running[i] = calls[i].RunAsync(stream: false).AsTask();
        }

        await Task.WhenAll(running).ConfigureAwait(false);
        for (int i = 0; i < calls.Length; i++)
        {
            replies[i] = await ConcludeVerificationAsync(verification, calls[i], cancellationToken).ConfigureAwait(false);
        }

        cancellationToken.ThrowIfCancellationRequested();
        return replies;

        VerificationReply[] Refuse(string why)
        {
            Array.Fill(replies, new(null, why));
            return replies;
        }
    }

    private async ValueTask<VerificationReply> ConcludeVerificationAsync(VerificationCalls verification, ModelCall call, CancellationToken stopped)
    {
        FailureKind? failure = null;
        string? why = null;
        if (call.Exception is { } exception)
        {
            failure = _cancellation.IsCancellationRequested ? FailureKind.Cancelled
                : exception is OperationCanceledException && (call.Token.IsCancellationRequested || stopped.IsCancellationRequested) ? FailureKind.Timeout
                : ClassOf(exception);

            // Providers quote the request in their errors, and records hold no text of requests.
            why = $"{failure}: {(_pipeline.Options.EnableSensitiveData ? exception.Message : exception.GetType().Name)}";
        }
        else if (call.Response is null || AnswerChecks.Failure(call.Response) is not null)
        {
            failure = FailureKind.Empty;
            why = "the model answered with nothing or with an error";
        }

        _state.Tick();
        if (failure == FailureKind.Timeout && !stopped.IsCancellationRequested)
        {
            NoteTimeout(call);
        }

        Spend spend = CostOf(call, failure);
        _state.Settle(call.Estimate, spend);
        verification.Add(call.Usage, spend);
        if (spend.Dollars != 0)
        {
            Telemetry.Cost(call.Model.Name, spend.Dollars, "verification");
        }

        if (call.Reservation is { } reservation)
        {
            await SettleAsync(reservation, spend.Dollars).ConfigureAwait(false);
        }

        TimeSpan? retryAfter = failure is FailureKind.RateLimit or FailureKind.Overload ? RetryDelay.Of(call.Exception!, _pipeline.Time.GetUtcNow()) : null;
        await call.Model.Circuit.ReportAsync(call.Probe, failure is null or FailureKind.Empty, failure is { } kind && CountsAgainstModel(kind, call), retryAfter).ConfigureAwait(false);
        call.Dispose();
        return failure is null ? new(call.Response, null) : new(null, why);
    }

    private bool CanVerify(RoutingAttempt attempt)
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

    private IVerifier? NextPaidVerifier(RoutingAttempt attempt)
    {
        foreach (IVerifier verifier in _pipeline.PaidVerifiers)
        {
            bool done = false;
            foreach (VerdictRecord verdict in attempt.Verdicts)
            {
                done |= string.Equals(verdict.Verifier, verifier.Name, StringComparison.Ordinal);
            }

            if (!done)
            {
                return verifier;
            }
        }

        return null;
    }
}
