using Microsoft.Extensions.AI;

namespace AutoMix;

/// <summary>Makes the calls of one request that answer: begins them, runs or hedges them, judges them, and reacts to failures.</summary>
internal sealed class AnswerCalls(RequestScope scope, VerifierRuns verifiers)
{
    private readonly Pipeline _pipeline = scope.Pipeline;
    private readonly RequestState _state = scope.State;
    private readonly ToolHistory _tools = new(scope.State.Options, scope.Pipeline.ToolRules);

    /// <summary>Calls a model as the policy has decided.</summary>
    /// <returns>The call, to be streamed live, or the end of the request. Both are null if the request goes on.</returns>
    public async ValueTask<(AnswerCall? Live, Ending? Ending)> CallAsync(RoutingDecision decision)
    {
        if (_state.AttemptList.Count >= _pipeline.Options.MaxAttempts)
        {
            foreach (ChatModel model in _pipeline.Models)
            {
                _state.Close(model.Index, LimitKind.Attempts, $"the cap of {_pipeline.Options.MaxAttempts} calls is reached");
            }

            return (null, null);
        }

        bool isFinal = decision.IsFinal && !_pipeline.ToolRules.ForbidAny(decision.Model, _state.Options);
        if (await BeginAsync(decision.Model, isFinal, decision.Reason, isOptional: false).ConfigureAwait(false) is not { } call)
        {
            return (null, null);
        }

        if (scope.IsStreaming && (isFinal || _pipeline.Options.StreamDrafts))
        {
            return (call, null);
        }

        return (null, _pipeline.Options.HedgeAfter is { } patience ? await HedgeAsync(call, patience).ConfigureAwait(false) : await RunAsync(call).ConfigureAwait(false));
    }

    /// <summary>Calls a model without a decision of the policy, until it answers or cannot be called any more.</summary>
    public async ValueTask<Ending?> AskUntilAnsweredAsync(int model)
    {
        Ending? ending = null;
        while (ending is null && _state.CanCall(model) && _state.AnswerOf(model) is null && _state.AttemptList.Count < _pipeline.Options.MaxAttempts && !_state.IsPastDeadline
            && await BeginAsync(model, isFinal: false, reason: null, isOptional: false).ConfigureAwait(false) is { } call)
        {
            ending = await RunAsync(call).ConfigureAwait(false);
        }

        return ending;
    }

    /// <summary>Settles, judges and keeps a call that has ended.</summary>
    /// <returns>The end of the request; null if it goes on.</returns>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    public async ValueTask<Ending?> ConcludeAsync(AnswerCall answer, CallOutcome outcome)
    {
        (RoutingAttempt attempt, PaidCall call, List<ToolRun>? runs, string? reason) = answer;
        Judgement judgement = call.FailureOf(outcome) is { } thrown
            ? Judgement.Failed(thrown.Kind, thrown.Error)
            : new AnswerJudge(call.Model, _state.Options, _pipeline.ToolRules, attempt.IsFinal).Judge(outcome, runs);
        if (judgement.ForbiddenTool is { } tool)
        {
            for (int weaker = 0; weaker < _pipeline.ToolRules.Least(tool); weaker++)
            {
                _state.Exclude(weaker, $"the tool '{tool}' demands more");
            }
        }

        TimeSpan? retryAfter = await SettleAsync(attempt, call, outcome, judgement).ConfigureAwait(false);
        _tools.Keep(outcome.Response, runs);
        if (judgement.Failure is { } failed)
        {
            return failed == FailureKind.Cancelled && !call.IsSuperseded ? throw new OperationCanceledException("The caller cancelled.", outcome.Exception, scope.Cancellation)
                : call.IsSuperseded ? null
                : React(attempt, failed, retryAfter);
        }

        if (attempt.Status == AttemptStatus.Unusable)
        {
            _state.ExcludeForGood(attempt.Model, attempt.Rejection!);
            return null;
        }

        if (attempt.Status == AttemptStatus.Answered)
        {
            attempt.Result = attempt.Result with { AgreesWith = FirstLike(attempt) };
        }

        if (attempt is { Status: AttemptStatus.Answered, Kind: AnswerKind.Content })
        {
            await verifiers.RunFreeAsync(attempt).ConfigureAwait(false);
        }

        if (attempt.Status == AttemptStatus.Rejected)
        {
            _state.ReleaseStickiness();
        }

        RememberAuthor(attempt);
        attempt.Result = attempt.Result with { CanVerify = verifiers.CanVerify(attempt) };
        return attempt.IsFinal ? new(RoutingOutcome.Accepted, attempt, reason) : null;
    }

    /// <summary>Settles a call whose stream the reader has left.</summary>
    public async Task AbandonAsync(AnswerCall answer, CallOutcome outcome) => await SettleAsync(answer.Attempt, answer.Call, outcome, Judgement.Failed(FailureKind.Cancelled, null)).ConfigureAwait(false);

    private async ValueTask<Ending?> RunAsync(AnswerCall answer) =>
        await ConcludeAsync(answer, await answer.Call.RunAsync(scope.IsStreaming).ConfigureAwait(false)).ConfigureAwait(false);

    /// <summary>Asks another model too if the first is slow. The first usable answer wins, and the other call is stopped.</summary>
    private async ValueTask<Ending?> HedgeAsync(AnswerCall first, TimeSpan patience)
    {
        Task<CallOutcome> running = first.Call.RunAsync(scope.IsStreaming).AsTask();
        if (!running.IsCompleted)
        {
            using var waiting = CancellationTokenSource.CreateLinkedTokenSource(scope.Cancellation);
            Task delay = Task.Delay(patience, _pipeline.Time, waiting.Token);
            await Task.WhenAny(running, delay).ConfigureAwait(false);
            await waiting.CancelAsync().ConfigureAwait(false);
        }

        AnswerCall? second = running.IsCompleted ? null : await BeginHedgeAsync(first.Attempt.Model).ConfigureAwait(false);
        if (second is null)
        {
            return await ConcludeAsync(first, await running.ConfigureAwait(false)).ConfigureAwait(false);
        }

        Task<CallOutcome> hedging = second.Call.RunAsync(scope.IsStreaming).AsTask();
        bool firstWon = await Task.WhenAny(running, hedging).ConfigureAwait(false) == running;
        (AnswerCall winner, Task<CallOutcome> won, AnswerCall loser, Task<CallOutcome> lost) = firstWon ? (first, running, second, hedging) : (second, hedging, first, running);
        OperationCanceledException? cancelled = null;
        Ending? ending = await ConcludeHedgedAsync(winner, won).ConfigureAwait(false);

        // An answer that came in meanwhile is paid for and kept. A call that still runs is stopped if it is not needed.
        if (!lost.IsCompleted && (winner.Attempt.Status == AttemptStatus.Answered || cancelled is not null || ending is not null))
        {
            loser.Call.Supersede();
        }

        ending = await ConcludeHedgedAsync(loser, lost).ConfigureAwait(false) is { } other ? ending ?? other : ending;
        if (loser.Call.IsSuperseded && loser.Attempt.Model < winner.Attempt.Model)
        {
            _state.Exclude(loser.Attempt.Model, $"it was slower than '{winner.Attempt.ModelName}'");
        }

        return cancelled is null ? ending : throw new OperationCanceledException(cancelled.Message, cancelled, scope.Cancellation);

        // Both calls are settled, even if the caller has cancelled.
        async Task<Ending?> ConcludeHedgedAsync(AnswerCall answer, Task<CallOutcome> outcome)
        {
            try
            {
                return await ConcludeAsync(answer, await outcome.ConfigureAwait(false)).ConfigureAwait(false);
            }
            catch (OperationCanceledException e)
            {
                cancelled ??= e;
                return null;
            }
        }
    }

    private async ValueTask<AnswerCall?> BeginHedgeAsync(int first)
    {
        int next = first + 1;
        while (next < _pipeline.Models.Length && !_state.CanCall(next))
        {
            next++;
        }

        if (next == _pipeline.Models.Length || _state.AttemptList.Count >= _pipeline.Options.MaxAttempts || scope.Cancellation.IsCancellationRequested)
        {
            return null;
        }

        try
        {
            return await BeginAsync(next, isFinal: false, reason: null, isOptional: true).ConfigureAwait(false);
        }
        catch (Exception) when (scope.Cancellation.IsCancellationRequested)
        {
            // The first call has been stopped by the same token, and has to be settled all the same.
            return null;
        }
    }

    /// <summary>Reserves and prepares one call. If it may not be made, the model is excluded and the result is null.</summary>
    /// <param name="index">The index of the model.</param>
    /// <param name="isFinal">Whether the policy has promised to accept the answer.</param>
    /// <param name="reason">The policy's reason.</param>
    /// <param name="isOptional">Whether the request does without the call, so that a limit excludes nothing.</param>
    private async ValueTask<AnswerCall?> BeginAsync(int index, bool isFinal, string? reason, bool isOptional)
    {
        ChatModel model = _pipeline.Models[index];
        List<ToolRun>? runs = _tools.NewRuns();
        var request = new CallRequest(
            model,
            RequestMessages.For(model.Name, _state.MessageArray, _tools.Messages),
            RequestMessages.OptionsFor(model.Profile, _state.Options, _tools.ToolsFor(model, runs)));
        (PaidCall[] calls, Refusal? refusal) = await PaidCall.BeginAsync(scope, [request], scope.Cancellation).ConfigureAwait(false);
        if (refusal is { Limit: null })
        {
            _state.ExcludeForGood(index, refusal.Reason);
        }
        else if (refusal is { Limit: { } limit } && !isOptional)
        {
            _state.Close(index, limit, refusal.Reason);
        }

        if (refusal is not null)
        {
            return null;
        }

        var attempt = new RoutingAttempt(_state.AttemptList.Count, index, model.Name, isFinal);
        _state.Add(attempt);
        return new(attempt, calls[0], runs, reason);
    }

    private async ValueTask<TimeSpan?> SettleAsync(RoutingAttempt attempt, PaidCall call, CallOutcome outcome, Judgement judgement)
    {
        _state.Tick();
        TimeSpan duration = _pipeline.Time.GetElapsedTime(call.Started, _state.Now);
        (Spend spend, TimeSpan? retryAfter) = await call.SettleAsync(outcome, judgement.Failure, judgement.Error, "answer").ConfigureAwait(false);
        attempt.Result = new()
        {
            Status = judgement.Status,
            Kind = judgement.Kind,
            Response = outcome.Response,
            Updates = outcome.Updates,
            Rejection = judgement.Rejection,
            Failure = judgement.Failure,
            Error = judgement.Error,
            Usage = outcome.Usage ?? (outcome.Exception as AutoMixException)?.Record.TotalUsage(),
            Spend = spend,
            Duration = duration,
        };
        foreach (VerdictRecord verdict in judgement.Verdicts)
        {
            attempt.Add(verdict);
        }

        _pipeline.Telemetry.Attempt(scope.Trace, attempt);
        return retryAfter;
    }

    /// <summary>Finds the earliest attempt with the same answer.</summary>
    private RoutingAttempt? FirstLike(RoutingAttempt attempt) => attempt.Kind != AnswerKind.Content ? null : _state.AttemptList.Find(earlier =>
        earlier.Index < attempt.Index && earlier is { Status: AttemptStatus.Answered, Kind: AnswerKind.Content } && AnswerText.Agree(earlier.Text, attempt.Text));

    private Ending? React(RoutingAttempt attempt, FailureKind kind, TimeSpan? retryAfter)
    {
        var failure = new CallFailure(attempt.ModelName, kind)
        {
            Exception = attempt.Error,
            RetryAfter = retryAfter,
            FailuresOfModel = _state.AttemptList.Count(a => a.Model == attempt.Model && a.Status == AttemptStatus.Failed),
        };
        FailureReaction reaction = scope.Ask(_pipeline.ReactToFailure, failure)
            ?? (_pipeline.Options.Failures.TryGetValue(kind, out FailureReaction configured) ? configured : FailureReaction.FailOver);
        _pipeline.Telemetry.Failed(attempt.ModelName, kind, reaction, attempt.Error);
        if (reaction == FailureReaction.FailOver)
        {
            _state.ExcludeForGood(attempt.Model, $"it failed ({kind})");
        }

        return reaction == FailureReaction.Stop ? new(RoutingOutcome.Abstained, _state.Best, $"the model '{attempt.ModelName}' failed ({kind})") : null;
    }

    private void RememberAuthor(RoutingAttempt attempt)
    {
        if (attempt.Response!.ConversationId is { Length: > 0 } conversation)
        {
            _pipeline.Affinity.Remember(conversation, attempt.Model);
        }

        if (attempt.Kind != AnswerKind.ToolCall || !_pipeline.Options.StickyToolLoop)
        {
            return;
        }

        foreach (FunctionCallContent call in attempt.Response.Messages.SelectMany(m => m.Contents).OfType<FunctionCallContent>())
        {
            if (call.CallId is { Length: > 0 } id)
            {
                _pipeline.Affinity.Remember(id, attempt.Model);
            }
        }
    }
}
