using Microsoft.Extensions.AI;

namespace AutoMix;

/// <summary>One metered call to a model: what was set aside for it, its time limit, and what came of it.</summary>
internal sealed class ModelCall : IDisposable
{
    // A stream that has not waited for so many updates may never do so; a shorter one takes no timer.
    private const int MovesWithoutTimer = 256;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stop;
    private readonly CancellationTokenRegistration _link;
    private readonly CancellationToken _caller;
    private UsageDetails? _earlierTurns;
    private UsageDetails? _firstUsage;
    private UsageMeter? _meter;
    private bool _toolCalled;
    private bool _toolRan;
    private bool _wentOn;
    private int _moves;

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

        // A source on another clock than the system's needs its timer from the start. The timer of the system's is started
        // only where the client does not answer at once.
        CancellationTokenSource? clocked = ReferenceEquals(time, TimeProvider.System) ? null : new(Timeout.InfiniteTimeSpan, time);
        _stop = clocked ?? (cancellationToken.CanBeCanceled ? CancellationTokenSource.CreateLinkedTokenSource(cancellationToken) : new());
        if (clocked is not null && cancellationToken.CanBeCanceled)
        {
            _link = cancellationToken.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), clocked);
        }
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

    public List<ChatResponseUpdate>? Updates { get; private set; }

    public Exception? Exception { get; private set; }

    /// <summary>The runs of tools by a loop inside the client.</summary>
    public List<ToolRun>? ToolRuns { get; init; }

    /// <summary>Whether a stream said how it ended; with a loop inside the client, how its last turn did.</summary>
    public bool HasFinishReason { get; private set; }

    /// <summary>Characters of output seen so far, for settling a call that was cut off.</summary>
    public long OutputBytes { get; private set; }

    /// <summary>The usage of the call, once it has ended; not to be changed, since it may be the client's own object.</summary>
    public UsageDetails? Usage
    {
        get
        {
            UsageDetails? turn = _meter is null ? _firstUsage : _meter.Total();
            if (_earlierTurns is null || turn is null)
            {
                return turn ?? _earlierTurns;
            }

            UsageDetails sum = UsageMeter.Copy(_earlierTurns);
            sum.Add(turn);
            return sum;
        }
    }

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
                task = AbandonOnStop(task);
            }

            Take(await task.ConfigureAwait(false));
        }
        catch (Exception e)
        {
            Exception = e;
        }
    }

    private void Take(ChatResponse? response)
    {
        if (response is null || response.Messages.Contains(null!))
        {
            throw new InvalidOperationException($"The client of model '{Model.Name}' returned {(response is null ? "null" : "a message that is null")}.");
        }

        Response = response;
        if (response.Usage is { } usage)
        {
            Meter(usage);
        }
    }

    // Most calls report once, which needs no adding up.
    private void Meter(UsageDetails report)
    {
        if (_firstUsage is null)
        {
            _firstUsage = report;
            return;
        }

        _meter ??= new(Model.Profile.UsageChunks, _firstUsage);
        _meter.Add(report);
    }

    /// <summary>Opens a stream that the caller of this method reads and disposes.</summary>
    public IAsyncEnumerator<ChatResponseUpdate> Open() =>
        Model.Client.GetStreamingResponseAsync(Messages, Options, Token).GetAsyncEnumerator(Token);

    /// <summary>The next update, or none; stops waiting when the call is stopped, even where the client does not react.</summary>
    public async ValueTask<bool> MoveNextAsync(IAsyncEnumerator<ChatResponseUpdate> stream)
    {
        // A stream that always has its next update at hand never waits: it has to be stopped here, where it does not stop itself.
        Token.ThrowIfCancellationRequested();
        ValueTask<bool> next = stream.MoveNextAsync();
        if (next.IsCompleted)
        {
            if (++_moves == MovesWithoutTimer)
            {
                StartTimer();
            }

            return await next.ConfigureAwait(false);
        }

        StartTimer();
        Task<bool> pending = next.AsTask();
        try
        {
            return await pending.WaitAsync(Token).ConfigureAwait(false);
        }
        catch when (!pending.IsCompleted)
        {
            Pending = pending;
            throw;
        }
    }

    private Task<bool>? Pending { get; set; }

    /// <summary>Stops what runs and disposes the stream, at once where nothing is pending, else as soon as the client lets go.</summary>
    public async ValueTask CloseAsync(IAsyncEnumerator<ChatResponseUpdate> stream)
    {
        if (Pending is { IsCompleted: false } pending)
        {
            Stop();

            // A client that reacts to its token is done in a moment; one that does not must not hold the request up.
            _ = pending.ContinueWith(
                static async (ended, state) =>
                {
                    _ = ended.Exception;
                    await DisposeQuietlyAsync((IAsyncEnumerator<ChatResponseUpdate>)state!).ConfigureAwait(false);
                },
                stream,
                CancellationToken.None,
                TaskContinuationOptions.ExecuteSynchronously,
                TaskScheduler.Default);
            return;
        }

        ValueTask disposal = DisposeQuietlyAsync(stream);
        if (!disposal.IsCompleted)
        {
            try
            {
                // What a provider does on disposal, such as draining a connection, must not hold an answer up that is there.
                await disposal.AsTask().WaitAsync(TimeSpan.FromSeconds(5), _time, _caller).ConfigureAwait(false);
            }
            catch (Exception e) when (e is TimeoutException or OperationCanceledException)
            {
            }
        }
    }

    /// <summary>Takes notice of one update: what it reports and how much it holds.</summary>
    /// <returns>The update without its usage, which is reported once for the whole request.</returns>
    public ChatResponseUpdate Take(ChatResponseUpdate update)
    {
        bool hasUsage = false;
        bool ended = HasFinishReason;
        long before = OutputBytes;
        IList<AIContent> contents = update.Contents;
        if (_toolRan && (contents.Count > 0 || update.FinishReason is not null) && contents is not [FunctionResultContent, ..])
        {
            BeginTurn();
            ended = false;
        }

        HasFinishReason |= update.FinishReason is not null;
        for (int i = 0; i < contents.Count; i++)
        {
            switch (contents[i])
            {
                case FunctionCallContent:
                    _toolCalled = true;
                    OutputBytes += 32;
                    break;
                case FunctionResultContent:
                    _toolRan = true;
                    OutputBytes += 32;
                    break;
                case UsageContent usage:
                    hasUsage = true;
                    Meter(usage.Details);
                    break;
                case TextContent text:
                    OutputBytes += text.Text?.Length ?? 0;
                    break;
                case TextReasoningContent reasoning:
                    OutputBytes += reasoning.Text?.Length ?? 0;
                    break;
                default:
                    OutputBytes += 32;
                    break;
            }
        }

        _wentOn |= ended && OutputBytes > before;
        if (!hasUsage)
        {
            return update;
        }

        ChatResponseUpdate copy = update.Clone();
        copy.Contents = [.. contents.Where(c => c is not UsageContent)];
        return copy;
    }

    /// <summary>Records the outcome of a stream that was read outside.</summary>
    /// <returns>Whether it ended well: by itself, or broken off after the answer was whole, so that only its usage can be missing.</returns>
    public bool Complete(List<ChatResponseUpdate> updates, Exception? exception)
    {
        bool whole = HasFinishReason && !_wentOn && !_toolCalled && !IsSuperseded && !_caller.IsCancellationRequested && exception is not ErrorContentException;
        Updates = updates;
        Exception = whole ? null : exception;
        if (updates.Count > 0)
        {
            Response = updates.ToChatResponse();
        }

        return Exception is null;
    }

    public void Stop()
    {
        try
        {
            _stop.Cancel();
        }
        catch (AggregateException)
        {
            // A callback of the client's own that throws on cancellation has no one to tell.
        }
    }

    public void Dispose()
    {
        _link.Dispose();
        _stop.Dispose();
    }

    // A loop inside the client has run its tools and asks again: a call of its own, with its own end and its own usage.
    private void BeginTurn()
    {
        _toolCalled = _toolRan = _wentOn = HasFinishReason = false;
        if (_firstUsage is not null)
        {
            (_earlierTurns ??= new()).Add(_meter is null ? _firstUsage : _meter.Total());
            (_firstUsage, _meter) = (null, null);
        }
    }

    private void StartTimer()
    {
        if (Limit != Timeout.InfiniteTimeSpan && !_stop.IsCancellationRequested && !TimerStarted)
        {
            TimerStarted = true;
            TimeSpan left = Limit - _time.GetElapsedTime(Started);
            _stop.CancelAfter(left > TimeSpan.Zero ? left : TimeSpan.Zero);
        }
    }

    private bool TimerStarted { get; set; }

    private async ValueTask DrainAsync()
    {
        var updates = new List<ChatResponseUpdate>();
        Exception? failure = null;
        IAsyncEnumerator<ChatResponseUpdate> stream;
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
            while (await MoveNextAsync(stream).ConfigureAwait(false))
            {
                updates.Add(Take(stream.Current));
            }
        }
        catch (Exception e)
        {
            failure = e;
        }

        await CloseAsync(stream).ConfigureAwait(false);
        Complete(updates, failure);
    }

    private async Task<ChatResponse> AbandonOnStop(Task<ChatResponse> task)
    {
        try
        {
            return await task.WaitAsync(Token).ConfigureAwait(false);
        }
        catch when (!task.IsCompleted)
        {
            _ = task.ContinueWith(static t => _ = t.Exception, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            throw;
        }
    }

    private static async ValueTask DisposeQuietlyAsync(IAsyncEnumerator<ChatResponseUpdate> stream)
    {
        try
        {
            await stream.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception)
        {
            // The outcome of the call is known by now; a failure to clean up after it changes nothing for the caller.
        }
    }
}
