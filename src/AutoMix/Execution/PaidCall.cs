using Microsoft.Extensions.AI;

namespace AutoMix;

/// <summary>
/// One call that is paid for: an answer, a vote, a hedge, an explored or an abandoned stream. It is reserved, admitted by the model's
/// circuit, run within its time limit, settled and reported here, and nowhere else.
/// </summary>
internal sealed class PaidCall
{
    private static readonly TimeSpan DisposalLimit = TimeSpan.FromSeconds(5);
    private readonly RequestScope _scope;
    private readonly CancellationToken _caller;
    private readonly CancellationTokenSource _stop;
    private readonly BudgetReservation? _reservation;
    private readonly Circuit.Probe? _probe;
    private readonly decimal _reserved;
    private readonly TimeSpan _limit;

    private PaidCall(RequestScope scope, CallRequest request, decimal reserved, BudgetReservation? reservation, Circuit.Probe? probe, CancellationToken caller)
    {
        _scope = scope;
        _reserved = reserved;
        _reservation = reservation;
        _probe = probe;
        _caller = caller;
        _limit = scope.Time.Of(request.Model);
        _stop = caller.CanBeCanceled ? CancellationTokenSource.CreateLinkedTokenSource(caller) : new();
        Request = request;
        Started = scope.State.Now;
    }

    public CallRequest Request { get; }

    public ChatModel Model => Request.Model;

    public long Started { get; }

    /// <summary>Whether the call was stopped because another call had answered.</summary>
    public bool IsSuperseded { get; private set; }

    /// <summary>Reserves the money of calls to one model with the same messages, and enters its circuit. All of them are admitted, or none is.</summary>
    /// <param name="scope">The request.</param>
    /// <param name="requests">The calls; at least one.</param>
    /// <param name="caller">Stops the calls.</param>
    /// <returns>The calls, or the reason why they may not be made.</returns>
    public static async ValueTask<(PaidCall[] Calls, Refusal? Refusal)> BeginAsync(RequestScope scope, CallRequest[] requests, CancellationToken caller)
    {
        ChatModel model = requests[0].Model;
        decimal each = 0;
        if (model.Profile.Price is { } price && scope.Funds.AreLimited)
        {
            long inputTokens = requests[0].EstimateInputTokens();
            each = requests.Max(r => price.CostOf(inputTokens, r.Profile.MostOutputTokens(r.Options)));
        }

        (BudgetReservation?[] reservations, Refusal? refusal) = await scope.Funds.ReserveAsync(each, requests.Length).ConfigureAwait(false);
        if (refusal is not null)
        {
            return ([], refusal);
        }

        if (!model.Circuit.TryEnter(out Circuit.Probe? probe))
        {
            await scope.Funds.ReleaseAsync(reservations).ConfigureAwait(false);
            return ([], new("its circuit is open", null));
        }

        var calls = new PaidCall[requests.Length];
        for (int i = 0; i < calls.Length; i++)
        {
            scope.State.Reserve(each);
            calls[i] = new(scope, requests[i], each, reservations[i], i == 0 ? probe : null, caller);
        }

        return (calls, null);
    }

    /// <summary>Asks for a whole answer. Never throws.</summary>
    /// <param name="stream">Whether the answer is read as a stream, as by the caller of the request.</param>
    public async ValueTask<CallOutcome> RunAsync(bool stream)
    {
        if (stream || Model.Profile.DrainStream)
        {
            return await DrainAsync().ConfigureAwait(false);
        }

        Task<ChatResponse>? task = null;
        try
        {
            task = Model.Client.GetResponseAsync(Request.Messages, Request.Options, _stop.Token);
            using ITimer? timer = task.IsCompleted ? null : StartTimer();
            ChatResponse? response = await task.WaitAsync(_stop.Token).ConfigureAwait(false);
            return response is null || response.Messages.Contains(null!)
                ? Ended(null, new InvalidOperationException($"The client of model '{Model.Name}' returned {(response is null ? "null" : "a message that is null")}."))
                : Ended(response, null);
        }
        catch (Exception e)
        {
            Forget(task);
            return Ended(null, e);
        }
    }

    /// <summary>
    /// Asks for a stream. Waiting for an update ends when the call is stopped, even if the client ignores its token; the client's
    /// stream is then disposed of when the client lets go of it.
    /// </summary>
    public async IAsyncEnumerable<ChatResponseUpdate> StreamAsync()
    {
        IAsyncEnumerator<ChatResponseUpdate> stream = Model.Client.GetStreamingResponseAsync(Request.Messages, Request.Options, _stop.Token).GetAsyncEnumerator(_stop.Token);
        Task<bool>? moving = null;
        using ITimer? timer = StartTimer();
        try
        {
            while (true)
            {
                // A stream that always has its next update at hand never waits, so it is stopped here.
                _stop.Token.ThrowIfCancellationRequested();
                moving = stream.MoveNextAsync().AsTask();
                if (!await moving.WaitAsync(_stop.Token).ConfigureAwait(false))
                {
                    break;
                }

                yield return stream.Current;
            }
        }
        finally
        {
            await CloseAsync(stream, moving).ConfigureAwait(false);
        }
    }

    /// <summary>Makes the outcome of a stream that has ended or was broken off.</summary>
    /// <param name="updates">The updates, without their usage.</param>
    /// <param name="meter">The measurements of the stream.</param>
    /// <param name="exception">The exception of a stream that failed.</param>
    public CallOutcome Complete(List<ChatResponseUpdate> updates, StreamMeter meter, Exception? exception)
    {
        // A stream that breaks off after its finish reason holds a whole answer; only its usage can be missing.
        Exception? failure = meter.IsWhole && !IsSuperseded && !_caller.IsCancellationRequested && exception is not ErrorContentException ? null : exception;
        ChatResponse? response = null;
        try
        {
            response = updates.Count > 0 ? updates.ToChatResponse() : null;
        }
        catch (Exception e)
        {
            // The updates do not make an answer.
            failure ??= e;
        }

        return Ended(response, failure) with { Meter = meter, Updates = updates };
    }

    /// <summary>Stops the call because another call has answered.</summary>
    public void Supersede()
    {
        IsSuperseded = true;
        Stop();
    }

    public void Stop()
    {
        try
        {
            _stop.Cancel();
        }
        catch (Exception e) when (e is AggregateException or ObjectDisposedException)
        {
            // A client's callback may throw on cancellation, and a call that has ended needs no stop.
        }
    }

    /// <summary>Classifies the exception of a call that has ended; null if there is none.</summary>
    public (FailureKind Kind, Exception Error)? FailureOf(CallOutcome outcome)
    {
        if (outcome.Exception is not { } exception)
        {
            return null;
        }

        if (_scope.Cancellation.IsCancellationRequested || IsSuperseded)
        {
            return (FailureKind.Cancelled, exception);
        }

        if (outcome.RanOutOfTime)
        {
            _scope.Time.NoteTimeout(Model, _limit);
        }

        // Clients report a stop in many ways.
        return outcome.WasStopped ? (FailureKind.Timeout, new TimeoutException($"The model '{Model.Name}' did not answer within {_limit}.", exception))
            : exception is ErrorContentException told ? (told.Kind, exception)
            : (_scope.Ask(_scope.Pipeline.ClassifyFailure, exception) ?? Classify(exception), exception);
    }

    /// <summary>Books the bill of a call that has ended, and reports its end to the circuit and to telemetry. Called once for each call.</summary>
    /// <returns>The bill, and the time for which the provider asks to be left alone.</returns>
    public async ValueTask<(Spend Spend, TimeSpan? RetryAfter)> SettleAsync(CallOutcome outcome, FailureKind? failure, Exception? error, string purpose)
    {
        Pipeline pipeline = _scope.Pipeline;
        Spend spend = Bill.Of(Request, _reserved, outcome, failure);
        _scope.State.Settle(_reserved, spend);
        Telemetry.Cost(Model.Name, spend, purpose);
        await _scope.Funds.SettleAsync(_reservation, spend.Dollars).ConfigureAwait(false);
        TimeSpan? retryAfter = failure is FailureKind.RateLimit or FailureKind.Overload && error is not null ? RetryDelay.Of(error, pipeline.Time.GetUtcNow()) : null;
        bool counts = failure switch
        {
            FailureKind.Timeout when outcome.WasStopped => _scope.Time.HadItsTime(Model, Started),
            FailureKind.RateLimit or FailureKind.Overload or FailureKind.Authentication or FailureKind.Timeout or FailureKind.CutOff or FailureKind.Other => true,
            _ => false,
        };
        await Model.Circuit.ReportAsync(_probe, failure is null or FailureKind.Empty, counts, retryAfter).ConfigureAwait(false);
        _stop.Dispose();
        return (spend, retryAfter);
    }

    // The message of a client's exception may throw. The call is settled all the same.
    private static FailureKind Classify(Exception exception)
    {
        try
        {
            return FailureClassifier.Classify(exception);
        }
        catch (Exception)
        {
            return FailureKind.Other;
        }
    }

    private async Task<CallOutcome> DrainAsync()
    {
        var updates = new List<ChatResponseUpdate>();
        var meter = new StreamMeter(Model.Profile.UsageChunks);
        Exception? failure = null;
        try
        {
            await foreach (ChatResponseUpdate update in StreamAsync().ConfigureAwait(false))
            {
                updates.Add(meter.Take(update));
            }

            meter.HasEnded = true;
        }
        catch (Exception e)
        {
            failure = e;
        }

        return Complete(updates, meter, failure);
    }

    private CallOutcome Ended(ChatResponse? response, Exception? exception) => new(response, exception)
    {
        WasStopped = _stop.IsCancellationRequested,
        RanOutOfTime = _stop.IsCancellationRequested && !_caller.IsCancellationRequested && !IsSuperseded,
    };

    private ITimer? StartTimer()
    {
        if (_limit == Timeout.InfiniteTimeSpan)
        {
            return null;
        }

        // Timers count whole milliseconds and ignore the rest.
        TimeProvider time = _scope.Pipeline.Time;
        double left = Math.Max(0, Math.Ceiling((_limit - time.GetElapsedTime(Started)).TotalMilliseconds));
        return time.CreateTimer(static call => ((PaidCall)call!).Stop(), this, TimeSpan.FromMilliseconds(left), Timeout.InfiniteTimeSpan);
    }

    // A client that ignores its token must not hold the request up. Neither must a provider's clean-up, such as draining a connection.
    private async ValueTask CloseAsync(IAsyncEnumerator<ChatResponseUpdate> stream, Task<bool>? moving)
    {
        Task closing = DisposeAsync(stream, moving);
        if (moving is null or { IsCompleted: true })
        {
            await closing.WaitAsync(DisposalLimit, _scope.Pipeline.Time, _caller).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static async Task DisposeAsync(IAsyncEnumerator<ChatResponseUpdate> stream, Task<bool>? moving)
    {
        if (moving is not null)
        {
            await ((Task)moving).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        try
        {
            await stream.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception)
        {
            // The outcome of the call is known by now. A failure of its clean-up changes nothing for the caller.
        }
    }

    // A client that ignores its token may fail later. Nobody is interested in that exception.
    public static void Forget(Task? task) =>
        task?.ContinueWith(static t => _ = t.Exception, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
}
