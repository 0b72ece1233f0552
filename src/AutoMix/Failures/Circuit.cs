using Polly;
using Polly.CircuitBreaker;

namespace AutoMix;

/// <summary>The circuit breaker of one model: Polly's, told of outcomes after the fact, plus the provider's own Retry-After.</summary>
/// <remarks>
/// While the circuit is closed a call only reports its outcome, so that an answer may stream for as long as it likes without
/// being wrapped. The one call that tries a model again after a break runs inside Polly's half-open state.
/// </remarks>
internal sealed class Circuit
{
    private static readonly ResiliencePropertyKey<TimeSpan> BreakFor = new("automix.break-for");
    private readonly ResiliencePipeline<bool>? _breaker;
    private readonly TimeProvider _time;
    private readonly long _sampling;
    private long _holdUntil = long.MinValue;
    private long _openUntil = long.MinValue;
    private long _countUntil = long.MinValue;
    private long _sharedUntil = long.MinValue;

    public Circuit(CircuitOptions options, TimeProvider time)
    {
        _time = time;
        _sampling = Ticks(options.SamplingDuration);
        if (!options.Enabled)
        {
            return;
        }

        _breaker = new ResiliencePipelineBuilder<bool> { TimeProvider = time }
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions<bool>
            {
                FailureRatio = options.FailureRatio,
                MinimumThroughput = options.MinimumThroughput,
                SamplingDuration = options.SamplingDuration,
                BreakDuration = options.BreakDuration,
                BreakDurationGenerator = arguments => new(
                    arguments.Context.Properties.TryGetValue(BreakFor, out TimeSpan wanted) ? wanted : options.BreakDuration),
                ShouldHandle = static arguments => new(!arguments.Outcome.Result),
                OnOpened = arguments =>
                {
                    Volatile.Write(ref _openUntil, _time.GetTimestamp() + Ticks(arguments.BreakDuration));
                    Changed?.Invoke(arguments.BreakDuration);
                    return default;
                },
                OnClosed = _ =>
                {
                    Volatile.Write(ref _openUntil, long.MinValue);
                    Volatile.Write(ref _sharedUntil, long.MinValue);
                    Changed?.Invoke(null);
                    return default;
                },
            })
            .Build();
    }

    /// <summary>Called when the model is left alone, with the time for which it is, and with null when it answers again.</summary>
    public Action<TimeSpan?>? Changed { get; set; }

    /// <summary>How long the model is still left alone; null if it may be called.</summary>
    public TimeSpan? OpenFor
    {
        get
        {
            long until = Math.Max(Volatile.Read(ref _sharedUntil), Math.Max(Volatile.Read(ref _holdUntil), Volatile.Read(ref _openUntil)));
            if (until == long.MinValue)
            {
                return null;
            }

            long now = _time.GetTimestamp();
            return until > now ? _time.GetElapsedTime(now, until) : null;
        }
    }

    /// <summary>Leaves the model alone because another process found it failing; null if none does any more.</summary>
    public void LeaveAlone(TimeSpan? remaining) =>
        Volatile.Write(ref _sharedUntil, _breaker is not null && remaining is { } wait && wait > TimeSpan.Zero ? _time.GetTimestamp() + Ticks(wait) : long.MinValue);

    /// <summary>Asks to make one call. If it returns true, the caller calls <see cref="ReportAsync"/> exactly once.</summary>
    public bool TryEnter(out Probe? probe)
    {
        probe = null;
        if (OpenFor is not null)
        {
            return false;
        }

        if (_breaker is null || Volatile.Read(ref _openUntil) == long.MinValue)
        {
            return true;
        }

        var trial = new Probe();
        trial.Run = RunProbeAsync(trial);
        if (!trial.Admitted)
        {
            return false;
        }

        probe = trial;
        return true;
    }

    /// <summary>Tells the circuit how a call ended. When this has completed, the circuit is open or closed accordingly.</summary>
    public ValueTask ReportAsync(Probe? probe, bool success, bool counts, TimeSpan? retryAfter)
    {
        if (_breaker is null)
        {
            return default;
        }

        if (retryAfter is { } wait && wait > TimeSpan.Zero && !success)
        {
            Volatile.Write(ref _holdUntil, _time.GetTimestamp() + Ticks(wait));
            Changed?.Invoke(wait);
        }

        if (probe is not null)
        {
            // A trial that was cancelled or failed for a reason of the request's own proves nothing: the next call tries again.
            probe.Outcome.TrySetResult((success, success || counts ? null : TimeSpan.FromMilliseconds(1)));
            return new(probe.Run);
        }

        if (success && Volatile.Read(ref _countUntil) == long.MinValue)
        {
            return default;
        }

        long now = _time.GetTimestamp();
        if (success)
        {
            return now < Volatile.Read(ref _countUntil) ? new(RecordAsync(success)) : default;
        }

        if (!counts)
        {
            return default;
        }

        Volatile.Write(ref _countUntil, now + _sampling);
        return new(RecordAsync(success));
    }

    private async Task RecordAsync(bool success)
    {
        ResilienceContext context = ResilienceContextPool.Shared.Get();
        try
        {
            await _breaker!.ExecuteOutcomeAsync(static (_, outcome) => new ValueTask<Outcome<bool>>(Outcome.FromResult(outcome)), context, success).ConfigureAwait(false);
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    private async Task RunProbeAsync(Probe probe)
    {
        ResilienceContext context = ResilienceContextPool.Shared.Get();
        try
        {
            await _breaker!.ExecuteOutcomeAsync(
                static async (context, probe) =>
                {
                    probe.Admitted = true;
                    (bool success, TimeSpan? breakFor) = await probe.Outcome.Task.ConfigureAwait(false);
                    if (breakFor is { } wanted)
                    {
                        context.Properties.Set(BreakFor, wanted);
                    }

                    return Outcome.FromResult(success);
                },
                context,
                probe).ConfigureAwait(false);
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    private long Ticks(TimeSpan span) => (long)(span.TotalSeconds * _time.TimestampFrequency);

    /// <summary>The one call that tries a model again after a break.</summary>
    internal sealed class Probe
    {
        public bool Admitted { get; set; }

        public Task Run { get; set; } = Task.CompletedTask;

        public TaskCompletionSource<(bool Success, TimeSpan? BreakFor)> Outcome { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
