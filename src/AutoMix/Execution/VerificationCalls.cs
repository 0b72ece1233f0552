using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace AutoMix;

/// <summary>The calls of one verification: metered, and closed when the verification is over, whatever the verifier still does.</summary>
internal sealed class VerificationCalls(RequestRun run) : IVerificationCalls
{
    private readonly Lock _gate = new();
    private Task _asking = Task.CompletedTask;
    private CancellationToken _over;
    private bool _closed;

    public int Count { get; private set; }

    public UsageDetails? Usage { get; private set; }

    public Spend Spend { get; private set; }

    public LimitKind? Limit { get; set; }

    public void Add(UsageDetails? usage, Spend spend)
    {
        Count++;
        Spend += spend;
        if (usage is not null)
        {
            (Usage ??= new()).Add(usage);
        }
    }

    /// <summary>Runs a verifier under a time limit; afterwards no call of it runs any more.</summary>
    public async ValueTask<Verdict> RunAsync(IVerifier verifier, VerificationContext context, TimeSpan? limit, CancellationToken cancellationToken)
    {
        using CancellationTokenSource stop = run.NewStop();
        _over = stop.Token;
        await using ConfiguredAsyncDisposable link = cancellationToken.UnsafeRegister(static s => ((CancellationTokenSource)s!).Cancel(), stop).ConfigureAwait(false);
        try
        {
            ValueTask<Verdict> verifying = verifier.VerifyAsync(context, stop.Token);
            if (verifying.IsCompleted)
            {
                return await verifying.ConfigureAwait(false);
            }

            if (limit is { } most)
            {
                TimeSpan left = most - run.SinceTick;
                stop.CancelAfter(left > TimeSpan.Zero ? left : TimeSpan.Zero);
            }

            Task<Verdict> task = verifying.AsTask();
            try
            {
                return await task.WaitAsync(stop.Token).ConfigureAwait(false);
            }
            catch when (!task.IsCompleted)
            {
                _ = task.ContinueWith(static t => _ = t.Exception, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
                throw;
            }
            finally
            {
                run.Tick();
            }
        }
        finally
        {
            Task asking;
            lock (_gate)
            {
                _closed = true;
                asking = _asking;
            }

            // Calls that the verifier has not waited for end with it; their costs belong to this verification.
            if (!asking.IsCompleted)
            {
                await stop.CancelAsync().ConfigureAwait(false);
            }

            await asking.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public async ValueTask<IReadOnlyList<VerificationReply>> AskAllAsync(
        IReadOnlyList<ChatMessage> messages,
        IReadOnlyList<ChatOptions> options,
        string model,
        CancellationToken cancellationToken)
    {
        if (options.Count == 0)
        {
            return [];
        }

        Task<IReadOnlyList<VerificationReply>> asking;
        lock (_gate)
        {
            if (_closed)
            {
                throw new VerificationCallException("The verification is over; no more calls can be made.");
            }

            if (!_asking.IsCompleted)
            {
                throw new VerificationCallException("The verification is asking already; ask several things at once with AskAllAsync.");
            }

            asking = AskAllWithinAsync(messages, options, model, cancellationToken);
            _asking = asking;
        }

        return await asking.ConfigureAwait(false);
    }

    // Whatever token a verifier hands on, its calls end when the verification does.
    private async Task<IReadOnlyList<VerificationReply>> AskAllWithinAsync(
        IReadOnlyList<ChatMessage> messages,
        IReadOnlyList<ChatOptions> options,
        string model,
        CancellationToken cancellationToken)
    {
        using CancellationTokenSource? either = cancellationToken.CanBeCanceled && cancellationToken != _over ? CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _over) : null;
        return await run.AskAllAsync(this, messages, options, model, either?.Token ?? _over).ConfigureAwait(false);
    }
}
