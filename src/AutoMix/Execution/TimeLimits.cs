namespace AutoMix;

/// <summary>The time limits of one request and of its calls.</summary>
internal sealed class TimeLimits(Pipeline pipeline, RequestState state, CancellationToken cancellation)
{
    /// <summary>Computes how long a call to a model may take; infinite if nothing bounds it.</summary>
    public TimeSpan Of(ChatModel model) => Shorter(OwnLimitOf(model), state.RemainingTime) ?? Timeout.InfiniteTimeSpan;

    /// <summary>Ends the request's time if a call that ran out of time had been given all of the rest.</summary>
    public void NoteTimeout(ChatModel model, TimeSpan limit)
    {
        if (limit != Timeout.InfiniteTimeSpan && (OwnLimitOf(model) is not { } own || own > limit))
        {
            state.PassDeadline();
        }
    }

    /// <summary>Tells whether a call that was stopped had at least half of the time that its model may take.</summary>
    public bool HadItsTime(ChatModel model, long started) =>
        Shorter(OwnLimitOf(model), pipeline.Options.Deadline) is { } full && 2 * pipeline.Time.GetElapsedTime(started, state.Now) >= full;

    /// <summary>Creates a source of cancellation. Its timer, if it gets one, runs on the pipeline's clock.</summary>
    public CancellationTokenSource NewStop() => ReferenceEquals(pipeline.Time, TimeProvider.System) ? new() : new(Timeout.InfiniteTimeSpan, pipeline.Time);

    /// <summary>Waits for work that may take the rest of the request's time.</summary>
    /// <exception cref="TimeoutException">The deadline passed first.</exception>
    public async ValueTask<T> WithinDeadlineAsync<T>(Task<T> work)
    {
        try
        {
            return state.RemainingTime is { } left
                ? await work.WaitAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero, pipeline.Time, cancellation).ConfigureAwait(false)
                : await work.WaitAsync(cancellation).ConfigureAwait(false);
        }
        catch (TimeoutException) when (!work.IsCompleted)
        {
            state.PassDeadline();
            throw;
        }
        finally
        {
            state.Tick();
        }
    }

    public static TimeSpan? Shorter(TimeSpan? a, TimeSpan? b) => a is null ? b : b is null ? a : a < b ? a : b;

    private TimeSpan? OwnLimitOf(ChatModel model) =>
        model.Profile.AttemptTimeout is not { } own ? pipeline.Options.AttemptTimeout : own == Timeout.InfiniteTimeSpan ? null : own;
}
