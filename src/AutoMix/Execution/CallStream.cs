using System.Runtime.CompilerServices;
using System.Threading.Tasks.Sources;
using Microsoft.Extensions.AI;

namespace AutoMix;

/// <summary>
/// The open stream of one call, for one reader. Waiting for an update ends when the call is stopped, even where the client does
/// not react; an update costs no allocation of its own.
/// </summary>
internal sealed class CallStream(ModelCall call, IAsyncEnumerator<ChatResponseUpdate> stream, TimeProvider time, CancellationToken caller) : IValueTaskSource<bool>
{
    // A stream that has not waited for so many updates may never do so; a shorter one takes no timer.
    private const int MovesWithoutTimer = 256;
    private const int Reading = 0;
    private const int Waiting = 1;
    private const int LeftAlone = 2;
    private const int Late = 3;
    private const int Closed = 4;
    private static readonly TimeSpan DisposalLimit = TimeSpan.FromSeconds(5);

    private ManualResetValueTaskSourceCore<bool> _wait;
    private ConfiguredValueTaskAwaitable<bool>.ConfiguredValueTaskAwaiter _client;
    private CancellationTokenRegistration _stop;
    private Action? _answered;
    private int _state;
    private int _moves;

    public ChatResponseUpdate Current => stream.Current;

    /// <summary>The next update, or none.</summary>
    /// <exception cref="OperationCanceledException">The call was stopped.</exception>
    public ValueTask<bool> MoveNextAsync()
    {
        // A stream that always has its next update at hand never waits: it has to be stopped here, where it does not stop itself.
        call.Token.ThrowIfCancellationRequested();
        ValueTask<bool> next = stream.MoveNextAsync();
        if (next.IsCompleted)
        {
            if (++_moves == MovesWithoutTimer)
            {
                call.StartTimer();
            }

            return next;
        }

        call.StartTimer();
        _client = next.ConfigureAwait(false).GetAwaiter();
        _wait.Reset();
        Volatile.Write(ref _state, Waiting);
        if (_answered is null)
        {
            _answered = Answered;
            _stop = call.Token.UnsafeRegister(static stream => ((CallStream)stream!).Stopped(), this);
        }
        else if (call.Token.IsCancellationRequested)
        {
            Stopped();
        }

        short version = _wait.Version;
        _client.UnsafeOnCompleted(_answered);
        return new(this, version);
    }

    /// <summary>Disposes the stream, at once where nothing is pending, else as soon as the client lets go.</summary>
    public async ValueTask CloseAsync()
    {
        _stop.Unregister();
        if (Interlocked.CompareExchange(ref _state, Closed, LeftAlone) == LeftAlone)
        {
            // A client that reacts to its token is done in a moment; one that does not must not hold the request up.
            return;
        }

        ValueTask disposal = DisposeQuietlyAsync();
        if (!disposal.IsCompleted)
        {
            try
            {
                // What a provider does on disposal, such as draining a connection, must not hold an answer up that is there.
                await disposal.AsTask().WaitAsync(DisposalLimit, time, caller).ConfigureAwait(false);
            }
            catch (Exception e) when (e is TimeoutException or OperationCanceledException)
            {
            }
        }
    }

    bool IValueTaskSource<bool>.GetResult(short token) => _wait.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<bool>.GetStatus(short token) => _wait.GetStatus(token);

    void IValueTaskSource<bool>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _wait.OnCompleted(continuation, state, token, flags);

    // The client has the next update, has ended, or has failed.
    private void Answered()
    {
        bool inTime = Interlocked.CompareExchange(ref _state, Reading, Waiting) == Waiting;
        bool more = false;
        Exception? failure = null;
        try
        {
            more = _client.GetResult();
        }
        catch (Exception e)
        {
            failure = e;
        }

        if (!inTime)
        {
            if (Interlocked.CompareExchange(ref _state, Late, LeftAlone) == Closed)
            {
                _ = DisposeQuietlyAsync().AsTask();
            }
        }
        else if (failure is null)
        {
            _wait.SetResult(more);
        }
        else
        {
            _wait.SetException(failure);
        }
    }

    // The call was stopped; whether the client takes notice shows later.
    private void Stopped()
    {
        if (Interlocked.CompareExchange(ref _state, LeftAlone, Waiting) == Waiting)
        {
            _wait.SetException(new OperationCanceledException(call.Token));
        }
    }

    private async ValueTask DisposeQuietlyAsync()
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
