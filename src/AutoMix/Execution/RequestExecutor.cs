using System.Diagnostics;
using System.Text;
using Microsoft.Extensions.AI;

namespace AutoMix;

/// <summary>Executes one request: asks the policy for decisions and carries them out within the limits, until the request ends.</summary>
internal sealed class RequestExecutor
{
    private const int DecisionsBeyondCaps = 16;
    private readonly Pipeline _pipeline;
    private readonly RequestScope _scope;
    private readonly RequestState _state;
    private readonly AnswerCalls _answers;
    private readonly VerifierRuns _verifiers;
    private readonly List<DecisionRecord> _decisions = new(2);
    private Ending? _ending;
    private RoutingRecord? _record;

    public RequestExecutor(Pipeline pipeline, IEnumerable<ChatMessage> messages, ChatOptions? options, bool isStreaming, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(messages);
        ChatMessage[] own = [.. messages];
        if (Array.IndexOf(own, null) >= 0)
        {
            throw new ArgumentException("One of the messages is null.", nameof(messages));
        }

        if (options?.ContinuationToken is not null)
        {
            throw new NotSupportedException(
                "A continuation token belongs to one provider, and a pipeline never asks for answers in the background. Continue with the client of the model that gave the token, which GetService<IChatClient>(name) returns.");
        }

        _pipeline = pipeline;
        _state = new(own, options, pipeline);
        _scope = new(pipeline, _state, isStreaming, cancellationToken);
        _verifiers = new(_scope);
        _answers = new(_scope, _verifiers);
    }

    /// <summary>The answer to return; null until the request has ended, and if there is none.</summary>
    public RoutingAttempt? Chosen => _ending?.Chosen;

    public RoutingRecord Record => _record ??= BuildRecord();

    /// <summary>Runs the request to its end.</summary>
    /// <exception cref="NoUsableAnswerException">There is no answer to return.</exception>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    public async Task<ChatResponse> RunAsync()
    {
        Exception? failure = null;
        try
        {
            Admit();
            await AdvanceAsync().ConfigureAwait(false);
            return ResponseBuilder.Build(ChosenOrThrow(), TotalUsage(), Record);
        }
        catch (Exception e)
        {
            failure = e;
            throw;
        }
        finally
        {
            Complete(failure);
        }
    }

    /// <summary>Continues after the reader of a stream has looked at an update. The reader may have cancelled, and has another current span.</summary>
    public void Resume()
    {
        _scope.Cancellation.ThrowIfCancellationRequested();
        if (_scope.Trace is { } trace)
        {
            Activity.Current = trace;
        }
    }

    /// <summary>Excludes the models that cannot take the request.</summary>
    public void Admit()
    {
        _scope.Cancellation.ThrowIfCancellationRequested();
        Admission.Apply(_pipeline, _state);
    }

    /// <summary>Carries out decisions until a call streams live or the request has ended.</summary>
    /// <returns>The call to stream; null at the end.</returns>
    public async ValueTask<AnswerCall?> AdvanceAsync()
    {
        while (_ending is null)
        {
            _scope.Cancellation.ThrowIfCancellationRequested();
            if (_state.IsPastDeadline)
            {
                EndAtDeadline();
                break;
            }

            (RoutingDecision decision, string? failure) = await DecideAsync().ConfigureAwait(false);
            if (failure is not null)
            {
                End(await FallBackAsync(failure).ConfigureAwait(false));
                break;
            }

            switch (decision.Kind)
            {
                case CascadeActionKind.Call:
                    (AnswerCall? live, Ending? ending) = await _answers.CallAsync(decision).ConfigureAwait(false);
                    End(ending);
                    if (live is not null)
                    {
                        return live;
                    }

                    break;
                case CascadeActionKind.Verify:
                    await _verifiers.VerifyAsync(decision.Attempt!).ConfigureAwait(false);
                    break;
                case CascadeActionKind.Accept:
                    End(new(RoutingOutcome.Accepted, decision.Attempt, decision.Reason));
                    break;
                default:
                    End(new(RoutingOutcome.Abstained, _state.Best, decision.Reason));
                    break;
            }
        }

        return null;
    }

    /// <summary>Concludes a call that was streamed live.</summary>
    /// <exception cref="StreamInterruptedException">The stream broke off after a part of the answer had been shown.</exception>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    public async Task EndLiveAsync(AnswerCall answer, CallOutcome outcome, bool isInterrupted)
    {
        Ending? ending = await _answers.ConcludeAsync(answer, outcome).ConfigureAwait(false);
        if (!isInterrupted)
        {
            End(ending);
            return;
        }

        RoutingAttempt attempt = answer.Attempt;
        RoutingAttempt? best = _state.Best;
        _ending = new(RoutingOutcome.Failed, null, $"the live stream of '{attempt.ModelName}' broke off");
        throw new StreamInterruptedException(
            $"The answer of model '{attempt.ModelName}' broke off after a part of it had been streamed: {attempt.Error?.Message ?? attempt.Rejection ?? "no reason given"}. "
            + (best is null ? "No earlier complete answer exists." : "BestAnswer holds an earlier complete answer."),
            Record,
            [.. _state.Attempts],
            best?.Response,
            attempt.Error);
    }

    /// <summary>Settles a live call whose reader has stopped.</summary>
    public Task AbandonLiveAsync(AnswerCall answer, CallOutcome outcome) => _answers.AbandonAsync(answer, outcome);

    /// <summary>Gets the answer of a request that has ended.</summary>
    /// <exception cref="NoUsableAnswerException">There is no answer to return.</exception>
    public RoutingAttempt ChosenOrThrow() => _ending!.Chosen ?? throw new NoUsableAnswerException(
        _ending.Outcome == RoutingOutcome.Abstained ? $"The policy abstained{(_ending.Reason is null ? "" : $": {_ending.Reason}")}. BestAnswer holds the best answer so far." : DescribeExhaustion(),
        Record,
        [.. _state.Attempts],
        _state.Best?.Response,
        _state.Attempts.Select(a => a.Error).FirstOrDefault(e => e is not null));

    /// <summary>Adds up the tokens of all calls; null if none were reported.</summary>
    public UsageDetails? TotalUsage()
    {
        UsageDetails? total = null;
        foreach (RoutingAttempt attempt in _state.AttemptList)
        {
            Add(attempt.Usage);
            foreach (VerdictRecord verdict in attempt.Verdicts)
            {
                Add(verdict.Usage);
            }
        }

        return total;

        void Add(UsageDetails? usage)
        {
            if (usage is not null)
            {
                (total ??= new()).Add(usage);
            }
        }
    }

    /// <summary>Reports the end of the request. Called once.</summary>
    /// <param name="exception">The exception that the caller gets; null if there is none.</param>
    public void Complete(Exception? exception)
    {
        if (_record is null && (exception is OperationCanceledException || _ending is null))
        {
            string reason = _ending?.Reason ?? (exception is OperationCanceledException ? "the caller cancelled" : exception?.Message ?? "the reader stopped");
            _ending = new(RoutingOutcome.Cancelled, null, reason) { Beliefs = _ending?.Beliefs };
        }

        _pipeline.Telemetry.End(_scope.Trace, Record, _state, exception);
    }

    /// <summary>Asks the policy for its next decision.</summary>
    /// <returns>The decision, or the reason why the policy has failed.</returns>
    private async ValueTask<(RoutingDecision Decision, string? Failure)> DecideAsync()
    {
        if (_decisions.Count >= _pipeline.Options.MaxAttempts + _pipeline.Options.MaxVerifications + DecisionsBeyondCaps)
        {
            return (default, "the policy does not come to an end");
        }

        RoutingDecision decision;
        try
        {
            ValueTask<RoutingDecision> deciding = AskPolicyAsync();
            decision = deciding.IsCompletedSuccessfully ? deciding.Result : await _scope.Time.WithinDeadlineAsync(deciding.AsTask()).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            if (_scope.Cancellation.IsCancellationRequested)
            {
                throw e as OperationCanceledException ?? new OperationCanceledException(e.Message, e, _scope.Cancellation);
            }

            _pipeline.Telemetry.PolicyFailed(_pipeline.Policy.Name, e);
            return (default, $"the policy failed with {e.GetType().Name}");
        }

        DecisionRecord record = decision.ToRecord(_state.Models, ReadBeliefs());
        _state.Decision = decision;
        _decisions.Add(record);
        _pipeline.Telemetry.Decision(_scope.Trace, record);
        if (_state.WhyImpossible(decision) is { } why)
        {
            _pipeline.Telemetry.PolicyImpossible(_pipeline.Policy.Name, why);
            return (decision, why);
        }

        return (decision, null);
    }

    private async ValueTask<RoutingDecision> AskPolicyAsync()
    {
        if (_state.QueryEmbedding is null && _pipeline.Policy.NeedsEmbedding(_state))
        {
            await QuestionEmbedder.ComputeAsync(_pipeline, _state, _scope.Cancellation).ConfigureAwait(false);
        }

        return await _pipeline.Policy.DecideAsync(_state, _scope.Cancellation).ConfigureAwait(false);
    }

    /// <summary>Ends a request whose policy has failed: with the best answer so far, else with that of the first model that answers.</summary>
    private async Task<Ending> FallBackAsync(string reason)
    {
        for (int model = 0; model < _pipeline.Models.Length && _state.Best is not { IsUsable: true }; model++)
        {
            if (await _answers.AskUntilAnsweredAsync(model).ConfigureAwait(false) is { } ending)
            {
                return ending;
            }
        }

        return new(RoutingOutcome.PolicyFailed, _state.Best, reason);
    }

    private void EndAtDeadline()
    {
        if (_state.Decision is { IsForLearning: true, Chosen: { } choice })
        {
            End(new(RoutingOutcome.Accepted, choice, "explored until a limit was reached"));
            return;
        }

        _state.Reach(LimitKind.Deadline);
        End(new(RoutingOutcome.LimitReached, _state.Best, "the request's deadline has passed"));
    }

    private void End(Ending? ending)
    {
        if (ending is null)
        {
            return;
        }

        if (_state.HasClosedModels && (ending.Outcome == RoutingOutcome.Abstained || ending is { Outcome: RoutingOutcome.Accepted, Chosen: not { IsFinal: true } }))
        {
            ending = ending with { Outcome = RoutingOutcome.LimitReached };
        }

        if (ending.Outcome == RoutingOutcome.Abstained && _pipeline.Options.OnAbstain == AbstainAction.Throw)
        {
            ending = ending with { Chosen = null };
        }
        else if (ending.Chosen is null)
        {
            ending = ending with { Outcome = _state.Limit is null ? RoutingOutcome.Failed : RoutingOutcome.LimitReached };
        }

        _ending = ending with { Beliefs = ReadBeliefs() };
    }

    private double[]? ReadBeliefs()
    {
        Span<double> beliefs = stackalloc double[_pipeline.Models.Length];
        try
        {
            return _pipeline.Policy.TryGetBelief(_state, beliefs) ? beliefs.ToArray() : null;
        }
        catch (Exception e)
        {
            _pipeline.Telemetry.PolicyFailed(_pipeline.Policy.Name, e);
            return null;
        }
    }

    private RoutingRecord BuildRecord()
    {
        RoutingRecord record = RecordBuilder.Build(_pipeline, _state, [.. _decisions], _ending!);
        try
        {
            return _pipeline.Policy.OnEnded(_state, record);
        }
        catch (Exception e)
        {
            _pipeline.Telemetry.PolicyFailed(_pipeline.Policy.Name, e);
            return record;
        }
    }

    private string DescribeExhaustion()
    {
        var text = new StringBuilder(_state.Attempts.Count == 0 ? "No model could be called." : "No model gave a usable answer.");
        if (_ending!.Reason is { } reason)
        {
            text.Append($" Reason: {reason}.");
        }

        foreach (RoutingAttempt attempt in _state.Attempts)
        {
            text.Append($" {attempt.ModelName}: {attempt.Failure?.ToString() ?? attempt.Status.ToString()}, {attempt.Error?.Message ?? attempt.Rejection ?? "no reason given"};");
        }

        foreach (ChatModel model in _pipeline.Models)
        {
            if (_state.WhyUnavailable(model.Index) is { } why && _state.Attempts.All(a => a.Model != model.Index))
            {
                text.Append($" {model.Name}: not called, {why};");
            }
        }

        return text.ToString().TrimEnd(';');
    }
}
