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
    private readonly RoutingState _state;
    private readonly CancellationToken _cancellation;
    private readonly bool _streaming;
    private readonly long _started;
    private long _now;
    private readonly RequestTrace? _trace;
    private OnceTools? _once;
    private List<ChatMessage>? _ran;
    private List<RoutingDecision>? _decisions;
    private RoutingDecision _firstDecision;
    private RoutingDecision _secondDecision;
    private int _decisionCount;
    private decimal _reserved;
    private int _verifications;
    private bool _admitted;
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
        _pipeline = pipeline;
        _cancellation = cancellationToken;
        _streaming = streaming;
        _started = pipeline.Time.GetTimestamp();
        _now = _started;
        _state = new RoutingState(messages as IReadOnlyList<ChatMessage> ?? [.. messages], options, pipeline.Profiles, pipeline.Services) { RemainingCost = pipeline.CostCap };
        _trace = pipeline.Telemetry.Start(_state);
    }

    /// <summary>The answer that was chosen; null until the run has ended, and where there is none.</summary>
    public RoutingAttempt? Chosen => _chosen;

    public RoutingRecord Record => _record ??= BuildRecord();

    /// <summary>Goes on until a call streams live or the request has ended.</summary>
    /// <returns>The attempt to stream, or null at the end.</returns>
    public async ValueTask<RoutingAttempt?> AdvanceAsync()
    {
        _cancellation.ThrowIfCancellationRequested();
        if (!_admitted)
        {
            _admitted = true;
            Admission.Apply(_pipeline, _state);
        }

        while (!_ended)
        {
            _cancellation.ThrowIfCancellationRequested();
            UpdateRemaining();
            if (_state.RemainingTime is { } left && left <= TimeSpan.Zero)
            {
                EndAtLimit(LimitKind.Deadline, "the request's deadline has passed");
                break;
            }

            if (_decisionCount >= _pipeline.Options.MaxAttempts + _pipeline.Options.MaxVerifications + DecisionsBeyondCaps)
            {
                await PolicyFailedAsync("the policy does not come to an end").ConfigureAwait(false);
                break;
            }

            RoutingDecision decision;
            try
            {
                ValueTask<RoutingDecision> deciding = _pipeline.Policy.DecideAsync(_state, _cancellation);
                decision = deciding.IsCompletedSuccessfully ? deciding.Result : await WithinDeadlineAsync(deciding).ConfigureAwait(false);
            }
            catch (Exception e) when (!_cancellation.IsCancellationRequested)
            {
                _pipeline.Telemetry.PolicyFailed(_pipeline.Policy.Name, e);
                await PolicyFailedAsync($"the policy failed with {e.GetType().Name}").ConfigureAwait(false);
                break;
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                throw new OperationCanceledException(e.Message, e, _cancellation);
            }

            Remember(decision);
            if (WhyImpossible(decision) is { } why)
            {
                _pipeline.Telemetry.PolicyImpossible(_pipeline.Policy.Name, why);
                await PolicyFailedAsync(why).ConfigureAwait(false);
                break;
            }

            switch (decision.Kind)
            {
                case CascadeActionKind.Call:
                    if (await CallAsync(decision.Model, decision.IsFinal).ConfigureAwait(false) is { } live)
                    {
                        return live;
                    }

                    break;
                case CascadeActionKind.Verify:
                    await VerifyAsync(decision.Attempt!).ConfigureAwait(false);
                    break;
                case CascadeActionKind.Accept:
                    End(decision.Attempt, RoutingOutcome.Accepted, decision.Reason);
                    break;
                default:
                    End(_state.Best, RoutingOutcome.Abstained, decision.Reason);
                    break;
            }
        }

        return null;
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
        bool refused = _outcome is RoutingOutcome.Abstained && _pipeline.Options.OnAbstain == AbstainAction.Throw;
        if (_chosen is not null && !refused)
        {
            return;
        }

        RoutingAttempt? best = _chosen ?? _state.Best;
        _chosen = null;
        _outcome = refused ? _outcome : _limit is null ? RoutingOutcome.Failed : RoutingOutcome.LimitReached;
        _record = null;
        throw new NoUsableAnswerException(
            refused ? $"The policy abstained{(_reason is null ? "" : $": {_reason}")}. BestAnswer holds the best answer so far." : DescribeExhaustion(),
            _state.Attempts.Select(a => a.Error).FirstOrDefault(e => e is not null),
            Record,
            [.. _state.Attempts],
            best?.Response);
    }

    /// <summary>Ends the run once: telemetry, the last record.</summary>
    public void Complete(Exception? exception = null)
    {
        if (_completed)
        {
            return;
        }

        _completed = true;
        if (exception is OperationCanceledException || !_ended)
        {
            _outcome = RoutingOutcome.Cancelled;
            _reason ??= exception is OperationCanceledException ? "the caller cancelled" : exception?.Message ?? "the reader stopped";
            _chosen = null;
            _record = null;
        }

        _pipeline.LastRecord = Record;
        _pipeline.Telemetry.End(_trace, Record, _state, exception);
    }

    /// <summary>The tokens of all calls, once.</summary>
    public UsageDetails? TotalUsage()
    {
        UsageDetails? total = null;
        for (int i = 0; i < _state.Attempts.Count; i++)
        {
            RoutingAttempt attempt = _state.Attempts[i];
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
