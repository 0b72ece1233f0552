using Microsoft.Extensions.AI;

namespace AutoMix;

/// <summary>One metered call to a model: what was set aside for it, its time limit, and what came of it.</summary>
internal sealed class ModelCall : IDisposable
{
    private const int UsualUpdates = 16;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stop;
    private readonly CancellationToken _caller;
    private StreamMeter? _meter;
    private ITimer? _timer;

    public ModelCall(
        ChatModel model,
        ChatMessage[] messages,
        ChatOptions? options,
        long inputTokens,
        decimal estimate,
        TimeSpan limit,
        TimeProvider time,
        long started,
        CancellationToken cancellationToken)
    {
        Model = model;
        Messages = messages;
        Options = options;
        InputTokens = inputTokens;
        Estimate = estimate;
        Limit = limit;
        _time = time;
        _caller = cancellationToken;
        Started = started;
        _stop = cancellationToken.CanBeCanceled ? CancellationTokenSource.CreateLinkedTokenSource(cancellationToken) : new();
    }

    public ChatModel Model { get; }

    public ChatMessage[] Messages { get; }

    public ChatOptions? Options { get; }

    /// <summary>The upper estimate of the input; -1 where it was not needed so far.</summary>
    public long InputTokens { get; set; }

    /// <summary>The dollars set aside.</summary>
    public decimal Estimate { get; }

    /// <summary>How long it may take; infinite where nothing bounds it.</summary>
    public TimeSpan Limit { get; }

    public long Started { get; }

    public BudgetReservation? Reservation { get; set; }

    public Circuit.Probe? Probe { get; set; }

    /// <summary>Whether it was stopped because another call had answered.</summary>
    public bool IsSuperseded { get; set; }

    public CancellationToken Token => _stop.Token;

    public ChatResponse? Response { get; private set; }

    public Exception? Exception { get; private set; }

    /// <summary>The runs of tools by a loop inside the client.</summary>
    public List<ToolRun>? ToolRuns { get; init; }

    /// <summary>What a stream has said so far; null where none was opened.</summary>
    public StreamMeter? Meter => _meter;

    /// <summary>The usage of the call, once it has ended; not to be changed, since it may be the client's own object.</summary>
    public UsageDetails? Usage => _meter is null ? Response?.Usage : _meter.Usage;

    /// <summary>Asks for a whole answer. Never throws: the outcome is in the properties.</summary>
    public ValueTask RunAsync(bool stream)
    {
        if (stream || Model.Profile.DrainStream)
        {
            return DrainAsync();
        }

        try
        {
            Task<ChatResponse> task = Model.Client.GetResponseAsync(Messages, Options, Token);
            if (!task.IsCompletedSuccessfully)
            {
                return RunAsync(task);
            }

            Take(task.Result);
        }
        catch (Exception e)
        {
            Exception = e;
        }

        return default;
    }

    private async ValueTask RunAsync(Task<ChatResponse> task)
    {
        try
        {
            if (!task.IsCompleted)
            {
                StartTimer();
            }

            Take(await task.WaitAsync(Token).ConfigureAwait(false));
        }
        catch (Exception e)
        {
            Exception = e;
            if (!task.IsCompleted)
            {
                // The client does not react to its token. What it says later is of no use to anyone.
                _ = task.ContinueWith(static t => _ = t.Exception, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            }
        }
    }

    private void Take(ChatResponse? response)
    {
        if (response is null || response.Messages.Contains(null!))
        {
            throw new InvalidOperationException($"The client of model '{Model.Name}' returned {(response is null ? "null" : "a message that is null")}.");
        }

        Response = response;
    }

    /// <summary>Opens a stream that the caller of this method reads and closes.</summary>
    public CallStream Open()
    {
        _meter = new(Model.Profile.UsageChunks);
        return new(this, Model.Client.GetStreamingResponseAsync(Messages, Options, Token).GetAsyncEnumerator(Token), _time, _caller);
    }

    /// <summary>Records the outcome of a stream that was read outside.</summary>
    /// <returns>Whether it ended well: by itself, or broken off after the answer was whole, so that only its usage can be missing.</returns>
    public bool Complete(List<ChatResponseUpdate> updates, Exception? exception)
    {
        bool whole = _meter is { IsWhole: true } && !IsSuperseded && !_caller.IsCancellationRequested && exception is not ErrorContentException;
        _meter?.Updates = updates;
        Exception = whole ? null : exception;
        try
        {
            Response = updates.Count > 0 ? updates.ToChatResponse() : null;
        }
        catch (Exception e)
        {
            // Updates that do not make an answer.
            Exception ??= e;
        }

        return Exception is null;
    }

    public void Stop()
    {
        try
        {
            _stop.Cancel();
        }
        catch (Exception e) when (e is AggregateException or ObjectDisposedException)
        {
            // A callback of the client's own that throws on cancellation has no one to tell, and a call that has ended needs no stop.
        }
    }

    public void Dispose()
    {
        _timer?.Dispose();
        _stop.Dispose();
    }

    /// <summary>Starts the clock of the call's time limit, unless it runs already. A client that answers at once never needs it.</summary>
    public void StartTimer()
    {
        if (_timer is null && Limit != Timeout.InfiniteTimeSpan && !_stop.IsCancellationRequested)
        {
            // Timers count whole milliseconds and leave the rest out.
            double left = Math.Ceiling((Limit - _time.GetElapsedTime(Started)).TotalMilliseconds);
            _timer = _time.CreateTimer(static call => ((ModelCall)call!).Stop(), this, left > 0 ? TimeSpan.FromMilliseconds(left) : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        }
    }

    private async ValueTask DrainAsync()
    {
        var updates = new List<ChatResponseUpdate>(UsualUpdates);
        Exception? failure = null;
        CallStream stream;
        try
        {
            stream = Open();
        }
        catch (Exception e)
        {
            Exception = e;
            return;
        }

        try
        {
            while (await stream.MoveNextAsync().ConfigureAwait(false))
            {
                updates.Add(_meter!.Take(stream.Current));
            }

            _meter!.HasEnded = true;
        }
        catch (Exception e)
        {
            failure = e;
        }

        await stream.CloseAsync().ConfigureAwait(false);
        Complete(updates, failure);
    }
}
