using Microsoft.Extensions.AI;

namespace AutoMix;

// Calls that answer: reserved, made, settled, judged.
internal sealed partial class RequestRun
{
    private ModelCall? _pending;

    private ModelCall TakePending()
    {
        ModelCall call = _pending!;
        _pending = null;
        return call;
    }

    private ValueTask<RoutingAttempt?> CallAsync(int index, bool final)
    {
        if (_state.AttemptList.Count >= _pipeline.Options.MaxAttempts)
        {
            CloseAll(LimitKind.Attempts, $"the cap of {_pipeline.Options.MaxAttempts} calls is reached");
            return default;
        }

        ChatModel model = _pipeline.Models[index];
        final &= !DemandsMore(model);
        ValueTask<ModelCall?> beginning = BeginAsync(model);
        return beginning.IsCompletedSuccessfully ? MakeAsync(beginning.Result, final) : MakeAfterAsync(beginning, final);
    }

    private async ValueTask<RoutingAttempt?> MakeAfterAsync(ValueTask<ModelCall?> beginning, bool final) =>
        await MakeAsync(await beginning.ConfigureAwait(false), final).ConfigureAwait(false);

    /// <summary>Makes the call, or leaves it pending for a reader that sees it live.</summary>
    private ValueTask<RoutingAttempt?> MakeAsync(ModelCall? call, bool final)
    {
        if (call is null)
        {
            return default;
        }

        RoutingAttempt attempt = NewAttempt(call.Model, final);
        if (_streaming && (final || _pipeline.Options.StreamDrafts))
        {
            _pending = call;
            return new(attempt);
        }

        if (_pipeline.Options.HedgeAfter is { } patience)
        {
            return AcceptAfterAsync(HedgeAsync(attempt, call, final, patience), attempt, final);
        }

        ValueTask running = call.RunAsync(_streaming);
        if (!running.IsCompletedSuccessfully)
        {
            return ConcludeAfterAsync(running, attempt, call, final);
        }

        ValueTask concluding = ConcludeAsync(attempt, call, final);
        if (!concluding.IsCompletedSuccessfully)
        {
            return AcceptAfterAsync(concluding, attempt, final);
        }

        AcceptIfPromised(attempt, final);
        return default;
    }

    private async ValueTask<RoutingAttempt?> ConcludeAfterAsync(ValueTask running, RoutingAttempt attempt, ModelCall call, bool final)
    {
        await running.ConfigureAwait(false);
        return await AcceptAfterAsync(ConcludeAsync(attempt, call, final), attempt, final).ConfigureAwait(false);
    }

    private async ValueTask<RoutingAttempt?> AcceptAfterAsync(ValueTask concluding, RoutingAttempt attempt, bool final)
    {
        await concluding.ConfigureAwait(false);
        AcceptIfPromised(attempt, final);
        return null;
    }

    private void AcceptIfPromised(RoutingAttempt attempt, bool final)
    {
        if (final && attempt.Status == AttemptStatus.Answered)
        {
            End(attempt, RoutingOutcome.Accepted, LastReason);
        }
    }

    private RoutingAttempt NewAttempt(ChatModel model, bool final)
    {
        var attempt = new RoutingAttempt(_state.AttemptList.Count, model.Index, model.Name, final);
        _state.Add(attempt);
        return attempt;
    }

    /// <summary>Asks the next model too when the first is slow; the first usable answer wins and the other call is stopped.</summary>
    private async ValueTask HedgeAsync(RoutingAttempt attempt, ModelCall call, bool final, TimeSpan patience)
    {
        Task first = call.RunAsync(_streaming).AsTask();
        if (!first.IsCompleted)
        {
            using var waiting = CancellationTokenSource.CreateLinkedTokenSource(_cancellation);
            Task delay = Task.Delay(patience, _pipeline.Time, waiting.Token);
            await Task.WhenAny(first, delay).ConfigureAwait(false);
            await waiting.CancelAsync().ConfigureAwait(false);
        }

        int next = attempt.Model + 1;
        while (next < _pipeline.Models.Length && !_state.CanCall(next))
        {
            next++;
        }

        ModelCall? other = null;
        if (!first.IsCompleted && next < _pipeline.Models.Length && _state.Attempts.Count < _pipeline.Options.MaxAttempts && !_cancellation.IsCancellationRequested)
        {
            try
            {
                other = await BeginAsync(_pipeline.Models[next], isOptional: true).ConfigureAwait(false);
            }
            catch (Exception) when (_cancellation.IsCancellationRequested)
            {
                // The first call has been stopped by the same token; it has to be settled all the same.
            }
        }

        if (other is null)
        {
            await first.ConfigureAwait(false);
            await ConcludeAsync(attempt, call, final).ConfigureAwait(false);
            return;
        }

        RoutingAttempt hedge = NewAttempt(other.Model, final: false);
        Task second = other.RunAsync(_streaming).AsTask();
        bool firstWon = await Task.WhenAny(first, second).ConfigureAwait(false) == first;
        (RoutingAttempt Attempt, ModelCall Call, Task Task, bool Final) winner = firstWon ? (attempt, call, first, final) : (hedge, other, second, false);
        (RoutingAttempt Attempt, ModelCall Call, Task Task, bool Final) loser = firstWon ? (hedge, other, second, false) : (attempt, call, first, final);

        Exception? cancelled = null;
        try
        {
            await ConcludeAsync(winner.Attempt, winner.Call, winner.Final).ConfigureAwait(false);
        }
        catch (OperationCanceledException e)
        {
            cancelled = e;
        }

        // An answer that came in meanwhile is paid for and kept; what still runs is stopped once it is not needed.
        bool wanted = winner.Attempt.Status != AttemptStatus.Answered && cancelled is null && !_ended;
        if (!wanted && !loser.Task.IsCompleted)
        {
            loser.Call.IsSuperseded = true;
            loser.Call.Stop();
        }

        await loser.Task.ConfigureAwait(false);
        try
        {
            await ConcludeAsync(loser.Attempt, loser.Call, loser.Final).ConfigureAwait(false);
        }
        catch (OperationCanceledException e)
        {
            cancelled ??= e;
        }

        if (loser.Call.IsSuperseded && loser.Attempt.Model < winner.Attempt.Model)
        {
            _state.Exclude(loser.Attempt.Model, $"it was slower than '{winner.Attempt.ModelName}'");
        }

        if (cancelled is not null)
        {
            throw new OperationCanceledException(cancelled.Message, cancelled, _cancellation);
        }
    }

    /// <summary>Reserves and prepares one call; null, with the model excluded, where it may not be made.</summary>
    /// <param name="model">The model to call.</param>
    /// <param name="isOptional">Whether the request does without it, so that money that is not there now excludes nothing.</param>
    private ValueTask<ModelCall?> BeginAsync(ChatModel model, bool isOptional = false)
    {
        if (model.Profile.Price is not { } price || (_pipeline.CostCap is null && _pipeline.Ledger is null))
        {
            return new(Enter(model, -1, 0, null));
        }

        long inputTokens = InputTokensOf(model);
        decimal estimate = price.CostOf(inputTokens, model.Profile.MostOutputTokens(_state.Options));
        if (estimate == 0)
        {
            return new(Enter(model, inputTokens, 0, null));
        }

        if (WhyTooExpensive(estimate) is { } tooExpensive)
        {
            if (!isOptional)
            {
                CloseModel(model, LimitKind.Cost, tooExpensive);
            }

            return default;
        }

        return _pipeline.Ledger is null ? new(Enter(model, inputTokens, estimate, null)) : BeginWithinBudgetAsync(model, inputTokens, estimate, isOptional);
    }

    private async ValueTask<ModelCall?> BeginWithinBudgetAsync(ChatModel model, long inputTokens, decimal estimate, bool isOptional)
    {
        if (await ReserveAsync(estimate).ConfigureAwait(false) is not { } reservation)
        {
            if (!isOptional)
            {
                CloseModel(model, LimitKind.Budget, FormattableString.Invariant($"the budget does not hold the estimated {estimate} dollars"));
            }

            return null;
        }

        ModelCall? call = null;
        try
        {
            return call = Enter(model, inputTokens, estimate, reservation);
        }
        finally
        {
            if (call is null)
            {
                await SettleAsync(reservation, 0).ConfigureAwait(false);
            }
        }
    }

    private ModelCall? Enter(ChatModel model, long inputTokens, decimal estimate, BudgetReservation? reservation)
    {
        // What may throw comes before anything that would then have to be given back.
        List<ToolRun>? toolRuns = _state.Options?.Tools is { Count: > 0 } ? [] : null;
        ChatMessage[] messages = RequestMessages.For(model.Name, _state.MessageArray, _ran);
        ChatOptions? options = RequestMessages.OptionsFor(model.Profile, _state.Options, ToolsFor(model, toolRuns));
        if (!model.Circuit.TryEnter(out Circuit.Probe? probe))
        {
            _state.ExcludeForGood(model.Index, "its circuit is open");
            return null;
        }

        _state.Reserve(estimate);
        return new ModelCall(
            model,
            messages,
            options,
            inputTokens,
            estimate,
            TimeLimitOf(model),
            _pipeline.Time,
            _state.Now,
            _cancellation)
        {
            Reservation = reservation,
            Probe = probe,
            ToolRuns = toolRuns,
        };
    }

    /// <summary>Turns the outcome of a call into what the policy sees: settled, judged, checked.</summary>
    private ValueTask ConcludeAsync(RoutingAttempt attempt, ModelCall call, bool final)
    {
        _state.Tick();
        attempt.Duration = _pipeline.Time.GetElapsedTime(call.Started, _state.Now);
        attempt.Usage = call.Usage ?? (call.Exception as AutoMixException)?.Record.TotalUsage();
        attempt.Response = call.Response;
        attempt.Updates = call.Meter?.Updates;
        FailureKind? failure;
        try
        {
            failure = FailureOf(attempt, call, final);
            if (failure is null)
            {
                Judge(attempt, call, final);
            }
        }
        catch (Exception e)
        {
            // An answer that cannot be read is a failed call, and is settled like one.
            attempt.Error = e;
            failure = FailureKind.Other;
        }

        attempt.Failure = failure;
        if (failure is not null)
        {
            attempt.Status = failure == FailureKind.Cancelled ? AttemptStatus.Cancelled : AttemptStatus.Failed;
        }

        TimeSpan? retryAfter = failure is FailureKind.RateLimit or FailureKind.Overload && attempt.Error is { } error
            ? RetryDelay.Of(error, _pipeline.Time.GetUtcNow())
            : null;
        ValueTask settling = SettleAsync(attempt, call, CostOf(call, failure));
        if (!settling.IsCompletedSuccessfully)
        {
            return ReportAfterAsync(settling, attempt, call, final, retryAfter);
        }

        ValueTask reporting = ReportAsync(attempt, call, retryAfter);
        return reporting.IsCompletedSuccessfully ? ReactAsync(attempt, call, final, retryAfter) : ReactAfterAsync(reporting, attempt, call, final, retryAfter);
    }

    private async ValueTask ReportAfterAsync(ValueTask settling, RoutingAttempt attempt, ModelCall call, bool final, TimeSpan? retryAfter)
    {
        await settling.ConfigureAwait(false);
        await ReactAfterAsync(ReportAsync(attempt, call, retryAfter), attempt, call, final, retryAfter).ConfigureAwait(false);
    }

    private async ValueTask ReactAfterAsync(ValueTask reporting, RoutingAttempt attempt, ModelCall call, bool final, TimeSpan? retryAfter)
    {
        await reporting.ConfigureAwait(false);
        await ReactAsync(attempt, call, final, retryAfter).ConfigureAwait(false);
    }

    private ValueTask ReportAsync(RoutingAttempt attempt, ModelCall call, TimeSpan? retryAfter) => call.Model.Circuit.ReportAsync(
        call.Probe,
        attempt.Failure is null or FailureKind.Empty,
        attempt.Failure is { } kind && CountsAgainstModel(kind, call),
        retryAfter);

    /// <summary>What follows from a call that is settled: failover, or the free verifiers.</summary>
    private ValueTask ReactAsync(RoutingAttempt attempt, ModelCall call, bool final, TimeSpan? retryAfter)
    {
        call.Dispose();
        _pipeline.Telemetry.Attempt(_trace, attempt);
        KeepWhatRan(attempt, call);
        if (attempt.Failure is { } failed)
        {
            if (failed == FailureKind.Cancelled && !call.IsSuperseded)
            {
                throw new OperationCanceledException("The caller cancelled.", call.Exception, _cancellation);
            }

            if (!call.IsSuperseded)
            {
                React(attempt, call.Model, failed, retryAfter);
            }

            return default;
        }

        if (attempt.Status == AttemptStatus.Unusable)
        {
            _state.ExcludeForGood(call.Model.Index, attempt.Rejection!);
            return default;
        }

        if (attempt.Status == AttemptStatus.Answered || final)
        {
            SetAgreement(attempt);
            if (attempt.Kind == AnswerKind.Content && _pipeline.FreeVerifiers.Length > 0)
            {
                return RunFreeVerifiersAsync(attempt, final);
            }
        }

        Keep(attempt);
        return default;
    }

    private void Keep(RoutingAttempt attempt)
    {
        if (attempt.Status == AttemptStatus.Rejected)
        {
            _state.ReleaseStickiness();
        }

        RememberAuthor(attempt);
        attempt.CanVerify = CanVerify(attempt);
    }

    private FailureKind? FailureOf(RoutingAttempt attempt, ModelCall call, bool final)
    {
        if (call.Exception is { } exception)
        {
            attempt.Error = exception;
            if (_cancellation.IsCancellationRequested || call.IsSuperseded)
            {
                return FailureKind.Cancelled;
            }

            // However a client says that it was stopped.
            if (call.Token.IsCancellationRequested)
            {
                NoteTimeout(call);
                attempt.Error = new TimeoutException($"The model '{call.Model.Name}' did not answer within {call.Limit}.", exception);
                return FailureKind.Timeout;
            }

            return exception is ErrorContentException { Kind: var told } ? told : ClassOf(exception);
        }

        if (call.Response is not { } response)
        {
            attempt.Rejection = "the answer is empty";
            return FailureKind.Empty;
        }

        if (AnswerChecks.Failure(response) is { } carried)
        {
            if (!final || !carried.IsEnd || AnswerChecks.Emptiness(response) is not null)
            {
                attempt.Error = new InvalidOperationException(carried.Message);
                return carried.Kind;
            }

            attempt.Add(new("finish-reason", Verdict.Reject(carried.Message)));
        }

        if (call.Meter is { HasFinishReason: false } && call.Model.Profile.RequiresFinishReason)
        {
            if (!final)
            {
                attempt.Error = new InvalidOperationException("The stream ended without a finish reason.");
                return AnswerChecks.Emptiness(response) is null ? FailureKind.CutOff : FailureKind.Empty;
            }

            attempt.Add(new("finish-reason", Verdict.Reject("the stream ended without a finish reason")));
        }

        // What a final call answers is accepted as it is; where it answers nothing it fails over. Reasoning alone, shown or not, answers nothing.
        if (final && AnswerChecks.Emptiness(response) is { } empty)
        {
            attempt.Rejection = empty;
            return FailureKind.Empty;
        }

        return null;
    }

    /// <summary>The free checks. They never reject an answer that the policy has promised to accept.</summary>
    private void Judge(RoutingAttempt attempt, ModelCall call, bool final)
    {
        ChatResponse response = call.Response!;
        attempt.Status = AttemptStatus.Answered;
        List<FunctionCallContent>? open = AnswerChecks.OpenToolCalls(response);
        attempt.Kind = AnswerChecks.IsToolCall(response, open) ? AnswerKind.ToolCall : AnswerKind.Content;
        if (AnswerChecks.Emptiness(response) is { } empty)
        {
            Reject("content", empty, AttemptStatus.Unusable);
            return;
        }

        if (ToolObjection(call.Model, response, open, call.ToolRuns) is { } objection)
        {
            Reject(objection.Check, objection.Reason, objection.Status);
            return;
        }

        if (open is not null)
        {
            Note("tool-calls", AnswerChecks.ToolCalls(open, _state.Options), AttemptStatus.Unusable);
            return;
        }

        if (attempt.Kind == AnswerKind.ToolCall)
        {
            return;
        }

        if (_state.Options?.ResponseFormat is ChatResponseFormatJson)
        {
            Note("response-format", AnswerChecks.ResponseFormat(AnswerChecks.LastText(response), _state.Options), AttemptStatus.Rejected);
        }

        if (FinishReasons.IsLength(response.FinishReason) && _state.Options?.MaxOutputTokens is null)
        {
            Reject("length", "the answer was cut off at the model's own limit", AttemptStatus.Rejected);
        }

        void Note(string check, SchemaResult result, AttemptStatus status)
        {
            if (result.Outcome == SchemaOutcome.Invalid)
            {
                Reject(check, result.Reason!, status);
            }
            else if (result.Outcome == SchemaOutcome.Unknown)
            {
                attempt.Add(new(check, Verdict.Unknown(result.Reason!)));
            }
        }

        void Reject(string check, string reason, AttemptStatus status)
        {
            attempt.Add(new(check, Verdict.Reject(reason)));
            if (!final)
            {
                attempt.Rejection ??= reason;
                attempt.Status = status;
            }
        }
    }

    private async ValueTask RunFreeVerifiersAsync(RoutingAttempt attempt, bool final)
    {
        foreach (IVerifier verifier in _pipeline.FreeVerifiers)
        {
            Verdict verdict = await RunVerifierAsync(verifier, attempt, null).ConfigureAwait(false);
            attempt.Add(new(verifier.Name, verdict));
            _pipeline.Telemetry.Verdict(_trace, attempt, attempt.Verdicts[^1]);
            if (verdict.Kind == VerdictKind.Rejected && !final)
            {
                attempt.Rejection ??= verdict.Reason;
                attempt.Status = AttemptStatus.Rejected;
            }
        }

        Keep(attempt);
    }

    private void SetAgreement(RoutingAttempt attempt)
    {
        if (attempt.Status != AttemptStatus.Answered)
        {
            return;
        }

        for (int i = 0; i < attempt.Index; i++)
        {
            RoutingAttempt earlier = _state.Attempts[i];
            if (earlier.Status == AttemptStatus.Answered && earlier.Kind == attempt.Kind && earlier.Kind == AnswerKind.Content
                && AnswerText.Agree(earlier.Text, attempt.Text))
            {
                attempt.AgreesWith = earlier;
                return;
            }
        }
    }

    private FailureKind ClassOf(Exception exception) => Asked(_pipeline.ClassifyFailure, exception) ?? FailureClassifier.Classify(exception);

    // What the application says; nothing where its own code fails, so that the failure at hand is not replaced by another.
    private TResult? Asked<T, TResult>(Func<T, TResult?>? callback, T about)
        where TResult : struct
    {
        try
        {
            return callback?.Invoke(about);
        }
        catch (Exception e)
        {
            _pipeline.Telemetry.CallbackFailed(e);
            return null;
        }
    }

    private void React(RoutingAttempt attempt, ChatModel model, FailureKind kind, TimeSpan? retryAfter)
    {
        int failures = _state.Attempts.Count(a => a.Model == model.Index && a.Status == AttemptStatus.Failed);
        FailureReaction reaction = Asked(
                _pipeline.ReactToFailure,
                new() { Model = model.Name, Kind = kind, Exception = attempt.Error, RetryAfter = retryAfter, FailuresOfModel = failures })
            ?? (_pipeline.Options.Failures.TryGetValue(kind, out FailureReaction configured) ? configured : FailureReaction.FailOver);
        _pipeline.Telemetry.Failed(model.Name, kind, reaction, attempt.Error);
        if (reaction == FailureReaction.Stop)
        {
            RoutingAttempt? best = _state.Best;
            End(best, RoutingOutcome.Abstained, $"the model '{model.Name}' failed ({kind})");
        }
        else if (reaction == FailureReaction.FailOver)
        {
            _state.ExcludeForGood(model.Index, $"it failed ({kind})");
        }
    }
}
