using System.Diagnostics;
using Microsoft.Extensions.AI;

namespace AutoMix;

/// <summary>
/// One request: the interpreter that asks the policy what to do and does it, within the limits, without ever losing an answer
/// that was paid for.
/// </summary>
internal sealed partial class RequestRun
{
    private const int DecisionsBeyondCaps = 16;
    private readonly Pipeline _pipeline;
    private readonly RequestState _state;
    private readonly CancellationToken _cancellation;
    private readonly bool _streaming;
    private readonly Activity? _trace;
    private OnceTools? _once;
    private List<ChatMessage>? _ran;
    private RoutingDecision _decision;
    private DecisionRecord[] _decisions = new DecisionRecord[2];
    private int _decisionCount;
    private int _verifications;
    private bool _ended;
    private bool _completed;
    private RoutingOutcome _outcome;
    private string? _reason;
    private LimitKind? _limit;
    private bool _closedByLimit;
    private RoutingAttempt? _chosen;
    private double[]? _beliefs;
    private RoutingRecord? _record;

    public RequestRun(Pipeline pipeline, IEnumerable<ChatMessage> messages, ChatOptions? options, bool streaming, CancellationToken cancellationToken)
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
        _cancellation = cancellationToken;
        _streaming = streaming;
        _state = new RequestState(own, options, pipeline);
        _trace = pipeline.Telemetry.Start(_state);
    }

    /// <summary>The answer that was chosen; null until the run has ended, and where there is none.</summary>
    public RoutingAttempt? Chosen => _chosen;

    /// <summary>Whether the run has ended with an answer to return.</summary>
    public bool HasAnswer => _chosen is not null && !IsRefused;

    private bool IsRefused => _outcome is RoutingOutcome.Abstained && _pipeline.Options.OnAbstain == AbstainAction.Throw;

    public RoutingRecord Record => _record ??= BuildRecord();

    /// <summary>
    /// Goes on after the reader of a stream has looked at an update: he may have cancelled, and what was the current span in the
    /// last step is not any more.
    /// </summary>
    public void Resume()
    {
        _cancellation.ThrowIfCancellationRequested();
        if (_trace is not null)
        {
            Activity.Current = _trace;
        }
    }

    /// <summary>Goes on until a call streams live or the request has ended. Takes no state machine until something is waited for.</summary>
    /// <returns>The attempt to stream, or null at the end.</returns>
    public ValueTask<RoutingAttempt?> AdvanceAsync()
    {
        _cancellation.ThrowIfCancellationRequested();
        if (!_state.IsAdmitted)
        {
            Admission.Apply(_pipeline, _state);
        }

        while (!_ended)
        {
            ValueTask<RoutingAttempt?> step = StepAsync();
            if (!step.IsCompletedSuccessfully)
            {
                return GoOnAfterAsync(step);
            }

            if (step.Result is { } live)
            {
                return new(live);
            }
        }

        return default;
    }

    private async ValueTask<RoutingAttempt?> GoOnAfterAsync(ValueTask<RoutingAttempt?> step)
    {
        while (true)
        {
            if (await step.ConfigureAwait(false) is { } live)
            {
                return live;
            }

            if (_ended)
            {
                return null;
            }

            step = StepAsync();
        }
    }

    /// <summary>One decision, and what it asks for.</summary>
    private ValueTask<RoutingAttempt?> StepAsync()
    {
        _cancellation.ThrowIfCancellationRequested();
        if (_state.IsPastDeadline)
        {
            EndAtLimit(LimitKind.Deadline, "the request's deadline has passed");
            return default;
        }

        if (_decisionCount >= _pipeline.Options.MaxAttempts + _pipeline.Options.MaxVerifications + DecisionsBeyondCaps)
        {
            return PolicyFailedAsync("the policy does not come to an end");
        }

        ValueTask<RoutingDecision> deciding;
        try
        {
            deciding = _state.QueryEmbedding is null && _pipeline.Policy.NeedsEmbedding(_state) ? EmbedAndDecideAsync() : _pipeline.Policy.DecideAsync(_state, _cancellation);
        }
        catch (Exception e)
        {
            return PolicyThrewAsync(e);
        }

        return deciding.IsCompletedSuccessfully ? CarryOutAsync(deciding.Result) : DecideAsync(deciding);
    }

    private async ValueTask<RoutingDecision> EmbedAndDecideAsync()
    {
        await QueryEmbedding.ComputeAsync(_pipeline, _state, _cancellation).ConfigureAwait(false);
        return await _pipeline.Policy.DecideAsync(_state, _cancellation).ConfigureAwait(false);
    }

    private async ValueTask<RoutingAttempt?> DecideAsync(ValueTask<RoutingDecision> deciding)
    {
        RoutingDecision decision;
        try
        {
            decision = await WithinDeadlineAsync(deciding).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            return await PolicyThrewAsync(e).ConfigureAwait(false);
        }

        return await CarryOutAsync(decision).ConfigureAwait(false);
    }

    private ValueTask<RoutingAttempt?> PolicyThrewAsync(Exception e)
    {
        if (_cancellation.IsCancellationRequested)
        {
            throw e as OperationCanceledException ?? new OperationCanceledException(e.Message, e, _cancellation);
        }

        _pipeline.Telemetry.PolicyFailed(_pipeline.Policy.Name, e);
        return PolicyFailedAsync($"the policy failed with {e.GetType().Name}");
    }

    private ValueTask<RoutingAttempt?> CarryOutAsync(in RoutingDecision decision)
    {
        Remember(decision);
        if (_state.WhyImpossible(decision) is { } why)
        {
            _pipeline.Telemetry.PolicyImpossible(_pipeline.Policy.Name, why);
            return PolicyFailedAsync(why);
        }

        switch (decision.Kind)
        {
            case CascadeActionKind.Call:
                return CallAsync(decision.Model, decision.IsFinal);
            case CascadeActionKind.Verify:
                return VerifyAsync(decision.Attempt!);
            case CascadeActionKind.Accept:
                End(decision.Attempt, RoutingOutcome.Accepted, decision.Reason);
                return default;
            default:
                End(_state.Best, RoutingOutcome.Abstained, decision.Reason);
                return default;
        }
    }

    /// <summary>The response to return.</summary>
    /// <exception cref="NoUsableAnswerException">There is none.</exception>
    public ChatResponse Respond()
    {
        ThrowIfNothing();
        return ResponseBuilder.Build(_chosen!, TotalUsage(), Record);
    }

    /// <exception cref="NoUsableAnswerException">There is nothing to return.</exception>
    public void ThrowIfNothing()
    {
        if (HasAnswer)
        {
            return;
        }

        bool refused = IsRefused;

        RoutingAttempt? best = _chosen ?? _state.Best;
        _chosen = null;
        _outcome = refused ? _outcome : _limit is null ? RoutingOutcome.Failed : RoutingOutcome.LimitReached;
        throw new NoUsableAnswerException(
            refused ? $"The policy abstained{(_reason is null ? "" : $": {_reason}")}. BestAnswer holds the best answer so far." : DescribeExhaustion(),
            Record,
            [.. _state.Attempts],
            best?.Response,
            _state.Attempts.Select(a => a.Error).FirstOrDefault(e => e is not null));
    }

    /// <summary>Ends the run once, and reports it to telemetry.</summary>
    public void Complete(Exception? exception = null)
    {
        if (_completed)
        {
            return;
        }

        _completed = true;
        if (_record is null && (exception is OperationCanceledException || !_ended))
        {
            _outcome = RoutingOutcome.Cancelled;
            _reason ??= exception is OperationCanceledException ? "the caller cancelled" : exception?.Message ?? "the reader stopped";
            _chosen = null;
        }

        _pipeline.Telemetry.End(_trace, Record, _state, exception);
        if (exception is null)
        {
            // The record outlives the request and is filled from the attempts when it is read: it must not keep their texts.
            foreach (RoutingAttempt attempt in _state.AttemptList)
            {
                attempt.ForgetAnswer();
            }
        }
    }

    /// <summary>The tokens of all calls, once.</summary>
    public UsageDetails? TotalUsage()
    {
        UsageDetails? total = null;
        foreach (RoutingAttempt attempt in _state.AttemptList)
        {
            if (attempt.Usage is { } usage)
            {
                (total ??= new()).Add(usage);
            }

            for (int j = 0; j < attempt.Verdicts.Count; j++)
            {
                if (attempt.Verdicts[j].Usage is { } ofVerdict)
                {
                    (total ??= new()).Add(ofVerdict);
                }
            }
        }

        return total;
    }
}
