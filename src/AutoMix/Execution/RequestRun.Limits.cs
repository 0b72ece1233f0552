using System.Runtime.InteropServices;
using Microsoft.Extensions.AI;

namespace AutoMix;

// Money and time: what is left, what is set aside, what a call cost.
internal sealed partial class RequestRun
{
    // A settlement that takes longer goes on by itself.
    private static readonly TimeSpan LongestSettlement = TimeSpan.FromSeconds(5);

    private string? WhyTooExpensive(decimal estimate) =>
        _pipeline.CostCap is { } cap && _state.CostWith(estimate) > cap
            ? FormattableString.Invariant($"another {estimate} dollars (estimated) would exceed the cap of {cap} dollars a request")
            : null;

    private async ValueTask<BudgetReservation?> ReserveAsync(decimal dollars)
    {
        try
        {
            ValueTask<BudgetReservation?> reserving = _pipeline.Ledger!.TryReserveAsync(TenantOf(_state.Options), dollars, _cancellation);
            if (reserving.IsCompletedSuccessfully)
            {
                return reserving.Result;
            }

            Task<BudgetReservation?> pending = reserving.AsTask();
            try
            {
                return await WithinDeadlineAsync(new ValueTask<BudgetReservation?>(pending)).ConfigureAwait(false);
            }
            catch when (!pending.IsCompleted || pending.IsCompletedSuccessfully)
            {
                // Granted meanwhile, or perhaps later.
                _ = GiveBackAsync(pending);
                throw;
            }
        }
        catch (Exception e) when (!_cancellation.IsCancellationRequested)
        {
            _pipeline.Telemetry.LedgerFailed(e);
            return null;
        }
    }

    // Where the application says whose requests are whose, a request cannot say otherwise.
    private string TenantOf(ChatOptions? options) =>
        (_pipeline.TenantOf is { } tenantOf ? tenantOf(options)
            : options?.AdditionalProperties is { } properties && properties.TryGetValue(RequestTags.Tenant, out object? tag) ? tag?.ToString()
            : null)
        ?? "";

    // What a ledger grants after the request has stopped waiting for it is nobody's.
    private async Task GiveBackAsync(Task<BudgetReservation?> pending)
    {
        try
        {
            if (await pending.ConfigureAwait(false) is { } late)
            {
                await SettleAsync(late, 0).ConfigureAwait(false);
            }
        }
        catch (Exception e)
        {
            _pipeline.Telemetry.LedgerFailed(e);
        }
    }

    /// <summary>Sets the same aside for each of several calls, or for none.</summary>
    private async ValueTask<bool> TryReserveAsync(BudgetReservation?[] reservations, decimal each)
    {
        bool all = false;
        try
        {
            for (int i = 0; i < reservations.Length; i++)
            {
                if ((reservations[i] = await ReserveAsync(each).ConfigureAwait(false)) is null)
                {
                    return false;
                }
            }

            return all = true;
        }
        finally
        {
            if (!all)
            {
                await ReleaseAsync(reservations).ConfigureAwait(false);
            }
        }
    }

    private async ValueTask ReleaseAsync(BudgetReservation?[] reservations)
    {
        foreach (BudgetReservation? reservation in reservations)
        {
            if (reservation is not null)
            {
                await SettleAsync(reservation, 0).ConfigureAwait(false);
            }
        }
    }

    private ValueTask SettleAsync(RoutingAttempt attempt, ModelCall call, Spend spend)
    {
        attempt.Spend = spend;
        _state.Settle(call.Estimate, spend);
        return call.Reservation is { } reservation ? SettleAsync(reservation, spend.Dollars) : default;
    }

    private async ValueTask SettleAsync(BudgetReservation reservation, decimal dollars)
    {
        try
        {
            ValueTask settling = _pipeline.Ledger!.SettleAsync(reservation, dollars, CancellationToken.None);
            if (!settling.IsCompletedSuccessfully)
            {
                await settling.AsTask().WaitAsync(LongestSettlement, _pipeline.Time).ConfigureAwait(false);
            }
        }
        catch (Exception e)
        {
            // An answer that is paid for is neither lost nor held up because the books could not be written.
            _pipeline.Telemetry.LedgerFailed(e);
        }
    }

    /// <summary>What a call cost: by its reported usage, else by an estimate of what was sent and received.</summary>
    private Spend CostOf(ModelCall call, FailureKind? failure)
    {
        // A model that is itself a pipeline knows its own bill, also of a request that failed.
        if ((call.Response?.GetRoutingRecord() ?? (call.Exception as AutoMixException)?.Record) is { IsFromCache: false } nested)
        {
            return nested.Spend;
        }

        if (call.Model.Profile.Price is not { } price)
        {
            // Not free but unknown, wherever a priced model would have been billed.
            bool owed = failure is null or FailureKind.Empty or FailureKind.CutOff or FailureKind.ContentFilter or FailureKind.Timeout or FailureKind.Cancelled
                || call.Usage is not null || call.Meter is { HasOutput: true };
            return new(0, owed, owed);
        }

        if (call.Usage is { } usage && (Known(usage.InputTokenCount) ?? Known(usage.OutputTokenCount) ?? Known(usage.TotalTokenCount)) is not null
            && !(IsNothing(usage) && OutputTokensOf(call) > 0))
        {
            Spend reported = CostOf(call, usage, price);
            return call.Meter is not { } meter || meter.UsageIsWhole(call.Model.Profile.RequiresFinishReason)
                ? reported
                : CostBeyond(reported, call, usage, price, meter, failure);
        }

        long output = OutputTokensOf(call);
        return failure switch
        {
            null or FailureKind.Empty or FailureKind.CutOff or FailureKind.ContentFilter => new(price.CostOf(InputTokensOf(call), output), true),
            FailureKind.Timeout or FailureKind.Cancelled => new(UpperCostOf(call, price), true),
            _ when output > 0 => new(price.CostOf(InputTokensOf(call), output), true),
            _ => new(0, false),
        };
    }

    // A report may lack a part: what the total leaves is the missing one, else it is estimated. Missing is not nothing.
    private static Spend CostOf(ModelCall call, UsageDetails usage, ModelPrice price)
    {
        (long? inputs, long? outputs, long? total) = (Known(usage.InputTokenCount), Known(usage.OutputTokenCount), Known(usage.TotalTokenCount));
        if (inputs is not null && outputs is not null)
        {
            return new(price.CostOf(usage), false);
        }

        long? left = total - (inputs ?? outputs);
        long input = inputs ?? left ?? Math.Min(InputTokensOf(call), total ?? long.MaxValue);
        long output = outputs ?? (total is { } all ? all - input : OutputTokensOf(call));
        return new(price.CostOf(input, output, usage.CachedInputTokenCount ?? 0), left is null);
    }

    // A stream that reports before its end may have been broken off since: what came after the report was billed all the same.
    private Spend CostBeyond(Spend reported, ModelCall call, UsageDetails usage, ModelPrice price, StreamMeter meter, FailureKind? failure)
    {
        long input = meter.TurnsWithoutUsage * InputTokensOf(call);
        long output = Known(usage.OutputTokenCount) is { } known ? Math.Max(0, OutputTokensOf(call) - known) : 0;
        decimal dollars = reported.Dollars + price.CostOf(input, output);
        return new(failure is FailureKind.Timeout or FailureKind.Cancelled ? Math.Max(dollars, UpperCostOf(call, price)) : dollars, true);
    }

    /// <summary>What a call can have cost that was stopped without saying what it did.</summary>
    private decimal UpperCostOf(ModelCall call, ModelPrice price) =>
        Math.Max(call.Estimate, price.CostOf(InputTokensOf(call), call.Model.Profile.MostOutputTokens(_state.Options)));

    // Providers that do not count say -1 or 0. An answer without a token is none.
    private static long? Known(long? count) => count < 0 ? null : count;

    private static bool IsNothing(UsageDetails usage) => usage is { InputTokenCount: null or 0, OutputTokenCount: null or 0, TotalTokenCount: null or 0 };

    private static long OutputTokensOf(ModelCall call) =>
        call.Response is { } response ? TokenEstimate.OfAnswer(response, call.Model.Profile.CountTokens) : 0;

    private static long InputTokensOf(ModelCall call) =>
        call.InputTokens >= 0 ? call.InputTokens : call.InputTokens = TokenEstimate.OfRequest(call.Messages, call.Options, call.Model.Profile.CountTokens);

    private long InputTokensOf(ChatModel model)
    {
        long tokens = TokenEstimate.OfRequest(_state.MessageArray, _state.Options, model.Profile.CountTokens);
        return _ran is null ? tokens : tokens + TokenEstimate.OfRequest(CollectionsMarshal.AsSpan(_ran), null, model.Profile.CountTokens);
    }

    private TimeSpan TimeLimitOf(ChatModel model) => Shorter(OwnLimitOf(model), _state.RemainingTime) ?? Timeout.InfiniteTimeSpan;

    private TimeSpan? OwnLimitOf(ChatModel model) =>
        model.Profile.AttemptTimeout is not { } own ? _pipeline.Options.AttemptTimeout : own == Timeout.InfiniteTimeSpan ? null : own;

    /// <summary>Ends the request where a call has used up all that was left of its time.</summary>
    private void NoteTimeout(ModelCall call)
    {
        if (call.Limit != Timeout.InfiniteTimeSpan && (OwnLimitOf(call.Model) is not { } own || own > call.Limit))
        {
            _state.PassDeadline();
        }
    }

    /// <summary>Whether a failure is the model's; running out of time is not where the call did not get half of the time that it may take.</summary>
    private bool CountsAgainstModel(FailureKind kind, ModelCall call) => kind switch
    {
        FailureKind.Timeout when call.Token.IsCancellationRequested =>
            Shorter(OwnLimitOf(call.Model), _pipeline.Options.Deadline) is { } full && 2 * _pipeline.Time.GetElapsedTime(call.Started, _state.Now) >= full,
        FailureKind.RateLimit or FailureKind.Overload or FailureKind.Authentication or FailureKind.Timeout or FailureKind.CutOff or FailureKind.Other => true,
        _ => false,
    };

    private static TimeSpan? Shorter(TimeSpan? a, TimeSpan? b) => a is null ? b : b is null ? a : a < b ? a : b;

    /// <summary>How long ago the clock was read for the last time.</summary>
    internal TimeSpan SinceTick => _pipeline.Time.GetElapsedTime(_state.Now);

    internal void Tick() => _state.Tick();

    /// <summary>A source whose timer, once it has one, runs on the pipeline's clock.</summary>
    internal CancellationTokenSource NewStop() => ReferenceEquals(_pipeline.Time, TimeProvider.System) ? new() : new(Timeout.InfiniteTimeSpan, _pipeline.Time);

    private async ValueTask<T> WithinDeadlineAsync<T>(ValueTask<T> work)
    {
        Task<T> pending = work.AsTask();
        try
        {
            return _state.RemainingTime is { } left
                ? await pending.WaitAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero, _pipeline.Time, _cancellation).ConfigureAwait(false)
                : await pending.WaitAsync(_cancellation).ConfigureAwait(false);
        }
        catch (TimeoutException) when (!pending.IsCompleted)
        {
            _state.PassDeadline();
            throw;
        }
        finally
        {
            _state.Tick();
        }
    }
}
