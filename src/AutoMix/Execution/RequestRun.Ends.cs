using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace AutoMix;

// How a request ends, and what is said about it.
internal sealed partial class RequestRun
{
    private void End(RoutingAttempt? chosen, RoutingOutcome outcome, string? reason)
    {
        if (_ended)
        {
            return;
        }

        _ended = true;
        _chosen = chosen;
        _outcome = _closedByLimit && (outcome == RoutingOutcome.Abstained || (outcome == RoutingOutcome.Accepted && chosen is not { IsFinal: true })) ? RoutingOutcome.LimitReached : outcome;
        _reason = reason;
        ReadBeliefs();
    }

    private void EndAtLimit(LimitKind limit, string reason)
    {
        if (_decision is { IsForLearning: true, Chosen: { } choice })
        {
            End(choice, RoutingOutcome.Accepted, "explored until a limit was reached");
            return;
        }

        _limit ??= limit;
        End(_state.Best, RoutingOutcome.LimitReached, reason);
    }

    private void CloseModel(ChatModel model, LimitKind limit, string reason)
    {
        if (!_decision.IsForLearning)
        {
            _limit ??= limit;
            _closedByLimit = true;
        }

        _state.ExcludeForGood(model.Index, reason);
    }

    private void CloseAll(LimitKind limit, string reason)
    {
        foreach (ChatModel model in _pipeline.Models)
        {
            CloseModel(model, limit, reason);
        }
    }

    /// <summary>Without a policy that works: the best answer so far, else the first model that answers.</summary>
    private async ValueTask<RoutingAttempt?> PolicyFailedAsync(string reason)
    {
        for (int model = 0; model < _pipeline.Models.Length && _state.Best is not { IsUsable: true }; model++)
        {
            while (!_ended && _state.CanCall(model) && _state.AnswerOf(model) is null && _state.Attempts.Count < _pipeline.Options.MaxAttempts)
            {
                ModelCall? call = _state.IsPastDeadline ? null : await BeginAsync(_pipeline.Models[model]).ConfigureAwait(false);
                if (call is null)
                {
                    break;
                }

                RoutingAttempt attempt = NewAttempt(call.Model, final: false);
                await call.RunAsync(_streaming).ConfigureAwait(false);
                await ConcludeAsync(attempt, call, final: false).ConfigureAwait(false);
            }
        }

        End(_state.Best, RoutingOutcome.PolicyFailed, reason);
        return null;
    }

    private void Remember(in RoutingDecision decision)
    {
        // Most requests take two decisions.
        if (_decisionCount == _decisions.Length)
        {
            Array.Resize(ref _decisions, 2 * _decisionCount);
        }

        _decision = decision;
        DecisionRecord made = (uint)decision.Model < (uint)_pipeline.Models.Length
            ? _pipeline.Models[decision.Model].Record(decision)
            : new() { Kind = decision.Kind, IsFinal = decision.IsFinal, Reason = decision.Reason };
        _decisions[_decisionCount++] = made;
        _pipeline.Telemetry.Decision(_trace, made);
    }

    private string? LastReason => _decisions[_decisionCount - 1].Reason;

    private void ReadBeliefs()
    {
        Span<double> beliefs = stackalloc double[_pipeline.Models.Length];
        try
        {
            if (_pipeline.Policy.TryGetBelief(_state, beliefs))
            {
                _beliefs = beliefs.ToArray();
            }
        }
        catch (Exception e)
        {
            _pipeline.Telemetry.PolicyFailed(_pipeline.Policy.Name, e);
        }
    }

    private RoutingRecord BuildRecord()
    {
        RoutingRecord record = RecordBuilder.Build(
            _pipeline, _state, _decisionCount == _decisions.Length ? _decisions : _decisions[.._decisionCount], _outcome, _reason, _limit, _chosen, _beliefs);
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
        var text = new DefaultInterpolatedStringHandler(64, 4);
        text.AppendLiteral(_state.Attempts.Count == 0 ? "No model could be called." : "No model gave a usable answer.");
        if (_reason is not null)
        {
            text.AppendLiteral(" Reason: ");
            text.AppendFormatted(_reason);
            text.AppendLiteral(".");
        }

        foreach (RoutingAttempt attempt in _state.Attempts)
        {
            text.AppendLiteral($" {attempt.ModelName}: {attempt.Failure?.ToString() ?? attempt.Status.ToString()}, {attempt.Error?.Message ?? attempt.Rejection ?? "no reason given"};");
        }

        for (int model = 0; model < _pipeline.Models.Length; model++)
        {
            if (_state.WhyUnavailable(model) is { } why && _state.Attempts.All(a => a.Model != model))
            {
                text.AppendLiteral($" {_pipeline.Profiles[model].Name}: not called, {why};");
            }
        }

        return text.ToStringAndClear().TrimEnd(';');
    }
}
